"""What is told on purpose: alice's claims, full inboxes, and a few oddities to find."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from portal.approvals.flow import LINE_MANAGER
from portal.demo import seasons
from portal.demo.stories import (
    ASKED,
    DISCUSSED,
    INVOICE,
    LEFT,
    PICTURE,
    REJECTED,
    RETURNED,
    WITHDRAWN,
    Expense,
    Story,
    Turn,
)
from portal.demo.year import FINANCE_REVIEW

NEEDS_RECEIPT = 100_00


class Teller:
    """Makes stories that begin so many working days before ``today``."""

    def __init__(self, today: date):
        self.today = today

    def moment(self, workdays: int, hour: float) -> datetime:
        """An hour of the day so many working days ago."""
        return seasons.at(seasons.workdays_before(self.today, workdays), hour)

    def story(
        self, claimant: str, workdays: int, purpose: str, *expenses: Expense, hour: float = 9.5,
        **more: Any,
    ) -> Story:  # fmt: skip
        """A claim begun so many working days ago."""
        return Story(claimant, self.moment(workdays, hour), purpose, list(expenses), **more)

    def spent(
        self, workdays: int, category: str, purpose: str, amount: int, merchant: str, **more: Any
    ) -> Expense:
        """An expense so many working days ago, with a picture where one is needed."""
        more.setdefault("proof", PICTURE if amount > NEEDS_RECEIPT else "")
        day = seasons.workdays_before(self.today, workdays)
        return Expense(day, category, purpose, amount, merchant, **more)

    def saturday(self, expense: Expense) -> Expense:
        """The same expense on the Saturday before."""
        day = expense.spent_on
        values = {**vars(expense), "spent_on": day - timedelta(days=(day.weekday() + 2) % 7)}
        return Expense(**values)


def cast_stories(today: date) -> Iterator[Story]:
    """Alice's lively history, what waits for bob and carol, and what waits for money."""
    tell = Teller(today)
    yield from _alice_under_way(tell)
    yield from _alice_before(tell)
    yield from _for_bob(tell)
    yield from _for_carol(tell)


def _alice_under_way(tell: Teller) -> Iterator[Story]:
    spent = tell.spent
    yield tell.story(
        "alice", 1, "北京出差：拜访方舟银行",
        spent(4, "rail", "高铁 上海→北京", 662_00, "铁路客运", proof=INVOICE),
        spent(4, "lodging", "江畔商务酒店 2 晚", 1056_00, "江畔商务酒店", proof=INVOICE,
              city="北京", nights=2),
        spent(3, "entertaining", "与方舟银行项目组晚餐", 728_00, "临江阁"),
        spent(2, "local_transport", "打车：客户现场到车站", 0, "申北出租汽车", typed="1O2.00"),
        hour=16.2, sent=False,
    )  # fmt: skip
    yield tell.story(
        "alice", 6, "南京出差：北辰物流需求调研",
        spent(9, "rail", "高铁 上海→南京", 139_50, "铁路客运", proof=INVOICE),
        spent(9, "lodging", "梧桐驿酒店 1 晚", 338_00, "梧桐驿酒店", proof=INVOICE, city="南京",
              nights=1),
        spent(8, "meals", "出差用餐", 88_00, "小满餐厅", city="南京", proof=PICTURE),
        spent(8, "rail", "高铁 南京→上海", 139_50, "铁路客运", proof=INVOICE),
        paces=[5.0],
        turns=[Turn(
            RETURNED, LINE_MANAGER, "Two lines need a word more, the rest is fine.",
            {1: "Please attach the hotel's list of nights.", 2: "Who was there with you?"},
        )],
    )  # fmt: skip
    yield tell.story(
        "alice", 2, "杭州一日：恒远医疗方案汇报",
        spent(5, "rail", "高铁 上海→杭州", 87_00, "铁路客运", proof=PICTURE),
        spent(5, "local_transport", "打车：车站到客户现场", 42_50, "畅行网约车"),
        spent(5, "meals", "出差用餐", 76_00, "稻香人家", city="杭州", proof=PICTURE),
        spent(5, "rail", "高铁 杭州→上海", 87_00, "铁路客运", proof=PICTURE),
        spent(4, "office", "方案打印装订", 186_00, "新纸坊图文"),
        turns=[Turn(LEFT, LINE_MANAGER)],
    )  # fmt: skip
    yield tell.story(
        "alice", 4, "宴请 Alpen Motors",
        spent(7, "entertaining", "Alpen Motors 商务宴请", 780_00, "和宴楼", proof=INVOICE,
              attendees="Ms. Keller、黄主任、王工、Bob Miller（Alpen Motors）"),
        hour=14.0, paces=[6.5],
        turns=[Turn(ASKED, LINE_MANAGER, "Was this before or after they signed?")],
    )  # fmt: skip
    yield tell.story(
        "alice", 4, "行业沙龙门票与交通",
        spent(8, "training", "行业沙龙门票", 680_00, "启明培训", proof=INVOICE),
        spent(8, "local_transport", "打车：公司到会场", 36_00, "申北出租汽车"),
        hour=10.0, paces=[3.0, 24.0],
    )  # fmt: skip
    yield tell.story(
        "alice", 4, "无锡一日：嘉禾食品现场演示",
        spent(7, "rail", "高铁 上海→无锡 往返", 119_00, "铁路客运", proof=INVOICE),
        spent(7, "local_transport", "打车：车站到客户现场", 38_00, "畅行网约车"),
        spent(7, "office", "演示用样品", 265_00, "百纳数码"),
        paces=[2.0, 16.0], template="每月客户拜访（无锡）",
    )  # fmt: skip


def _alice_before(tell: Teller) -> Iterator[Story]:
    spent = tell.spent
    yield tell.story(
        "alice", 28, "深圳出差：参加行业展会",
        spent(33, "flight", "上海⇄深圳 往返机票", 1_540_00, "蓝羽航空", proof=INVOICE),
        spent(33, "lodging", "汀兰酒店 2 晚", 996_00, "汀兰酒店", proof=INVOICE, city="深圳",
              nights=2, reason="展会期间周边酒店均涨价，此为最低价。"),
        spent(32, "meals", "出差用餐", 108_00, "巷口川菜", city="深圳"),
        paces=[3.0, 6.0, 5.0, 4.0, 5.0],
        turns=[
            Turn(ASKED, LINE_MANAGER, "Why two nights?", answer="展会两天，第二天上午还要撤展。"),
            Turn(RETURNED, FINANCE_REVIEW, "请补充一行说明。", {2: "请写明同行人。"},
                 mended={2: {"purpose": "出差用餐（与刘洋）"}}),
        ],
    )  # fmt: skip
    yield tell.story(
        "alice", 21, "宴请蓝海制造",
        spent(24, "entertaining", "蓝海制造商务宴请", 532_00, "青瓦食府", proof=INVOICE,
              attendees="周总、李经理（蓝海制造）"),
        paces=[4.0, 7.0],
        turns=[Turn(DISCUSSED, LINE_MANAGER, "Good dinner, they called me the next day.",
                    answer="太好了，谢谢！")],
    )  # fmt: skip
    yield tell.story(
        "alice", 15, "办公桌绿植与摆件",
        spent(17, "office", "办公桌绿植", 320_00, "文汇办公用品"),
        paces=[5.0],
        turns=[Turn(REJECTED, LINE_MANAGER, "Nice plants, but they are yours: not reimbursable.")],
    )  # fmt: skip
    yield tell.story(
        "alice", 10, "苏州出差：明德教育回访",
        spent(13, "rail", "高铁 上海→苏州 往返", 79_00, "铁路客运"),
        spent(13, "entertaining", "明德教育午餐", 356_00, "半亩方塘",
              attendees="谢经理（明德教育）"),
        paces=[2.0], turns=[Turn(WITHDRAWN, LINE_MANAGER)],
    )  # fmt: skip


def _for_bob(tell: Teller) -> Iterator[Story]:
    spent, waits = tell.spent, [Turn(LEFT, LINE_MANAGER)]
    yield tell.story(
        "1106", 5, "武汉出差：北辰物流上线支持",
        spent(9, "rail", "高铁 上海→武汉", 302_50, "铁路客运", proof=INVOICE),
        spent(9, "lodging", "云间客栈 2 晚", 664_00, "云间客栈", proof=INVOICE, city="武汉",
              nights=2),
        spent(7, "rail", "高铁 武汉→上海", 302_50, "铁路客运", proof=INVOICE),
        turns=[*waits],
    )  # fmt: skip
    yield tell.story(
        "1105", 4, "广州出差：恒远医疗投标",
        spent(8, "flight", "上海⇄广州 往返机票", 1_480_00, "蓝羽航空", proof=INVOICE),
        spent(8, "lodging", "和风里酒店 1 晚", 568_00, "和风里酒店", proof=INVOICE, city="广州",
              nights=1, reason="投标现场指定酒店，协议价已满房。"),
        turns=[*waits],
    )  # fmt: skip
    yield tell.story(
        "1107", 3, "Late rides home during the launch",
        tell.saturday(spent(4, "local_transport", "Taxi home, launch weekend", 64_00, "畅行网约车",
                            proof=PICTURE)),
        spent(4, "local_transport", "Taxi home after the launch", 58_00, "申北出租汽车"),
        turns=[*waits],
    )  # fmt: skip
    yield tell.story(
        "1110", 2, "补报：展会物料快递与打印",
        spent(70, "office", "宣传册加印", 640_00, "新纸坊图文",
              reason="供应商上周才补开发票。"),
        spent(4, "postage", "寄送合同", 23_00, "飞鸽速运"),
        turns=[*waits],
    )  # fmt: skip
    yield tell.story(
        "1108", 1, "客户演示平板电脑配件",
        spent(2, "office", "键盘与保护壳", 459_00, "百纳数码"), turns=[*waits],
    )  # fmt: skip
    yield tell.story(
        "1109", 1, "宴请嘉禾食品",
        spent(3, "entertaining", "嘉禾食品商务宴请", 498_00, "临江阁", proof=INVOICE,
              attendees="何总、沈女士（嘉禾食品）"),
        hour=13.5, turns=[*waits],
    )  # fmt: skip


def _for_carol(tell: Teller) -> Iterator[Story]:
    spent, waits = tell.spent, [Turn(LEFT, FINANCE_REVIEW)]
    yield tell.story(
        "dan", 7, "Beijing: on site at Ark Bank",
        spent(11, "rail", "Train Shanghai–Beijing", 662_00, "铁路客运", proof=INVOICE),
        spent(10, "meals", "Dinner", 118_00, "三味面馆", city="Beijing"),
        spent(10, "rail", "Train Beijing–Shanghai", 662_00, "铁路客运", proof=INVOICE),
        paces=[4.0], turns=[*waits],
    )  # fmt: skip
    yield tell.story(
        "1303", 6, "Brochures for the autumn fair",
        spent(9, "office", "Brochures printed", 1_870_00, "新纸坊图文", proof=INVOICE),
        paces=[5.0], turns=[*waits],
    )  # fmt: skip
    yield tell.story(
        "1604", 5, "合肥客户培训",
        spent(8, "rail", "高铁 上海→合肥 往返", 408_00, "铁路客运", proof=INVOICE),
        spent(8, "local_transport", "打车：车站到酒店", 92_00, "畅行网约车",
              reason="凌晨到站，无地铁。"),
        paces=[3.0], turns=[*waits],
    )  # fmt: skip
    yield tell.story(
        "1505", 4, "新员工入职用品",
        spent(6, "office", "工牌与文具套装", 742_50, "文汇办公用品"),
        paces=[6.0], turns=[*waits],
    )  # fmt: skip
    yield tell.story(
        "1111", 4, "宁波出差：蓝海制造验收",
        spent(7, "rail", "高铁 上海→宁波 往返", 288_00, "铁路客运", proof=INVOICE),
        spent(7, "lodging", "汀兰酒店 1 晚", 325_00, "汀兰酒店", proof=INVOICE, city="宁波",
              nights=1),
        paces=[3.0], turns=[*waits],
    )  # fmt: skip
    for claimant, back, amount in (("1206", 4, 386_00), ("1607", 3, 412_50), ("1405", 3, 529_00)):
        yield tell.story(
            claimant, back, "办公用品采购",
            spent(back + 2, "office", "键盘鼠标", amount, "百纳数码"),
            paces=[2.0], turns=[*waits],
        )  # fmt: skip
    for claimant, amount in (("1214", 468_00), ("1307", 1_135_50), ("1606", 375_00)):
        yield tell.story(
            claimant, 3, "外部课程", spent(6, "training", "英语写作课", amount, "求知学堂"),
            paces=[3.0, 15.0],
        )  # fmt: skip
    yield tell.story(
        "1305", 3, "渠道伙伴沙龙茶歇",
        spent(5, "other", "场地与茶歇", 1_260_00, "一展会务", proof=INVOICE),
        paces=[4.0], turns=[*waits],
    )  # fmt: skip


def oddities(today: date) -> Iterator[Story]:
    """Patterns that somebody who looks closely should find."""
    tell = Teller(today)
    spent = tell.spent
    for back in (40, 82, 131):
        yield tell.story(
            "1112", back, "北京出差：方舟银行驻场",
            spent(back + 3, "lodging", "江畔商务酒店 2 晚", 898_00, "江畔商务酒店", proof=INVOICE,
                  city="北京", nights=2),
        )  # fmt: skip
    for back, amount in ((35, 1_998_00), (61, 1_995_00), (102, 1_999_00)):
        yield tell.story(
            "1304", back, "线下活动物料", spent(back + 2, "other", "活动物料", amount, "一展会务",
                                          proof=INVOICE),
        )  # fmt: skip
    for back in (33, 55, 77):
        yield tell.story(
            "1113", back, "Dinner with Alpen Motors",
            spent(back + 2, "entertaining", "Dinner with Alpen Motors", 586_00, "临江阁",
                  attendees="Ms. Keller、Mr. Sato（Alpen Motors）"),
        )  # fmt: skip
    for back, amount in ((46, 500_00), (88, 1_000_00), (140, 2_000_00)):
        yield tell.story(
            "1306", back, "直播间布置", spent(back + 4, "other", "布置费用", amount, "众合服务"),
        )  # fmt: skip
    yield tell.story(
        "1209", 25, "补报：驻场期间票据",
        spent(98, "rail", "高铁 上海→合肥 往返", 408_00, "铁路客运",
              reason="长期驻场，返回后才整理票据。"),
    )  # fmt: skip
    yield tell.story(
        "1302", 52, "行业展会展位搭建",
        spent(58, "other", "展位搭建", 46_800_00, "一展会务", proof=INVOICE),
    )  # fmt: skip
    yield tell.story(
        "1201", 118, "研发团队年度培训",
        spent(122, "training", "团队培训", 28_600_00, "求知学堂", proof=INVOICE),
    )  # fmt: skip
