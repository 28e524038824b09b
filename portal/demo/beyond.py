"""What the demo company claims beyond the ordinary: abroad, by car, by the day, shared among
projects, on approved trips, from dropped files, and for somebody else.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from portal.approvals.flow import LINE_MANAGER
from portal.demo import seasons
from portal.demo.cast import Teller
from portal.demo.stories import INVOICE, LEFT, PICTURE, RETURNED, Expense, Story, Train, Turn
from portal.demo.year import FINANCE_REVIEW

CHANGSHA, TOKYO = "长沙出差：恒远医疗方案评审", "Tokyo: partner days"
"""What the trip requests are for that claims here refer to."""

CHANGSHA_DAYS, TOKYO_DAYS = (-27, -25), (-10, -7)
"""First and last day of each, counted from today."""


def stories_beyond(today: date) -> Iterator[Story]:
    """All of them, what is under way last."""
    tell = Teller(today)
    yield from _abroad(tell)
    yield from _by_car(tell)
    yield from _by_the_day(tell)
    yield from _shared(tell)
    yield from _on_trips(tell)
    yield from _from_files(tell)
    yield from _under_way(tell)


def _abroad(tell: Teller) -> Iterator[Story]:
    """Journeys in other currencies, a few a year."""
    yield _journey(tell, "bob", 205, "Munich: kick-off at Alpen Motors", "EUR", 3, 148_00,
                   "慕尼黑", "Hotel Isarblick", 9_860_00, "ALPEN")  # fmt: skip
    yield _journey(tell, "1107", 160, "Singapore: channel conference", "SGD", 2, 235_00,
                   "新加坡", "Harbour Lane Hotel", 3_280_00)  # fmt: skip
    yield _journey(tell, "1113", 118, "Milan: supplier visit", "EUR", 2, 131_00,
                   "米兰", "Albergo Lanterna", 8_940_00)  # fmt: skip
    yield _journey(tell, "1203", 84, "San Jose: developer summit", "USD", 4, 189_00,
                   "圣何塞", "Orchard Inn", 11_300_00)  # fmt: skip
    yield _journey(tell, "1301", 52, "香港：品牌发布会", "HKD", 1, 1_180_00,
                   "香港", "海旁酒店", 2_150_00, "FAIR")  # fmt: skip


def _journey(
    tell: Teller, number: str, back: int, purpose: str, currency: str, nights: int, nightly: int,
    city: str, hotel: str, fare: int, project: str = "",
) -> Story:  # fmt: skip
    """A flight in yuan, a hotel and a dinner in the currency of the place."""
    first = back + nights + 3
    paid = {"currency": currency, "city": city, "project": project}
    return tell.story(
        number, back, purpose,
        tell.spent(first, "flight", f"上海⇄{city}", fare, "蓝羽航空", proof=INVOICE,
                   project=project),
        tell.spent(first, "lodging", hotel, nightly * nights, hotel, nights=nights, proof=PICTURE,
                   **paid),
        tell.spent(first - 1, "meals", "Dinner" if hotel.isascii() else "晚餐", nightly // 5,
                   "", proof=PICTURE, **paid),
    )  # fmt: skip


def _by_car(tell: Teller) -> Iterator[Story]:
    """1105 and 1111 drive to customers in their own cars; the rules pay the kilometres."""
    for number, back, way, kilometres in (
        ("1105", 190, "自驾：上海⇄嘉兴 嘉禾食品", "196"),
        ("1105", 131, "自驾：上海⇄昆山 蓝海制造", "128.5"),
        ("1111", 97, "自驾：上海⇄湖州 明德教育", "312"),
        ("1105", 63, "自驾：上海⇄嘉兴 嘉禾食品", "196"),
        ("1111", 30, "自驾：上海⇄太仓 蓝海制造", "117.6"),
    ):
        yield tell.story(
            number, back, way,
            tell.spent(back + 2, "mileage", way, 0, "", quantity=kilometres, proof=""),
            tell.spent(back + 2, "other", "高速通行费", int(float(kilometres)) * 45, "",
                       proof=PICTURE),
        )  # fmt: skip


def _by_the_day(tell: Teller) -> Iterator[Story]:
    """On site for a week, with an allowance for each day."""
    for number, back, city, project, days in (
        ("1206", 176, "北京", "ARK", 5), ("1209", 122, "北京", "ARK", 5),
        ("1210", 71, "成都", "HENGYUAN", 4), ("1206", 27, "北京", "ARK", 5),
    ):  # fmt: skip
        first = seasons.workdays_before(tell.today, back + 8)
        yield tell.story(
            number, back, f"{city}驻场 {days} 天",
            Expense(first, "per_diem", f"{city}驻场补贴", 0, city=city, project=project,
                    ends_on=first + timedelta(days=days - 1)),
            Expense(first, "rail", f"高铁 上海→{city}", 662_00, "铁路客运", INVOICE, city,
                    project=project),
        )  # fmt: skip


def _shared(tell: Teller) -> Iterator[Story]:
    """One invoice, several who bear it."""
    yield tell.story(
        "1303", 44, "Booth of the autumn fair",
        tell.spent(47, "other", "Booth, lights and carpet", 12_600_00, "一展会务", proof=INVOICE,
                   parts=(("1300", "FAIR", "70%"), ("1100", "FAIR", "30%"))),
    )  # fmt: skip
    yield tell.story(
        "1202", 33, "联调测试环境",
        tell.spent(36, "other", "云服务器三个月", 4_999_99, "云栈信息", proof=INVOICE,
                   parts=(("1200", "ARK", "33.33%"), ("1200", "ALPEN", "33.33%"),
                          ("1200", "HENGYUAN", "33.34%"))),
    )  # fmt: skip


def _on_trips(tell: Teller) -> Iterator[Story]:
    """What was spent on trips that had been approved before."""
    first, last = (tell.today + timedelta(days=day) for day in CHANGSHA_DAYS)
    yield Story("alice", _back_from(last), CHANGSHA, [
        _rail(first, 478_00, "上海虹桥", "长沙南", "G1373", "08:12"),
        Expense(first, "lodging", "麓山驿酒店 2 晚", 640_00, "麓山驿酒店", INVOICE, "长沙", 2),
        Expense(first, "per_diem", "出差补贴", 0, city="长沙", ends_on=last),
        Expense(last, "local_transport", "打车：客户现场到车站", 46_00, "畅行网约车", city="长沙"),
        _rail(last, 478_00, "长沙南", "上海虹桥", "G1386", "16:05"),
    ], paces=[3.0, 5.0], trip=CHANGSHA, dropped=True)  # fmt: skip
    first, last = (tell.today + timedelta(days=day) for day in TOKYO_DAYS)
    there: dict[str, Any] = {"currency": "JPY", "city": "东京"}
    yield Story("1107", _back_from(last), TOKYO, [
        Expense(first, "flight", "Shanghai–Tokyo and back", 3_460_00, "蓝羽航空", INVOICE),
        Expense(first, "lodging", "Hotel in Shinagawa", 57_600, "Shinagawa Garden Inn", PICTURE,
                nights=3, reason="The hotel of the meeting; nothing cheaper within an hour.",
                **there),
        Expense(first + timedelta(days=1), "meals", "Dinner", 5_200, "", PICTURE,
                reason="With the partner's engineers; fares had risen since the request.", **there),
        Expense(first + timedelta(days=2), "local_transport", "Day tickets", 3_400, "", PICTURE,
                reason="Three days of trains; fares had risen since the request.", **there),
    ], trip=TOKYO, turns=[Turn(LEFT, LINE_MANAGER)])  # fmt: skip


def _back_from(last: date) -> datetime:
    """When a claim is begun whose last day was ``last``."""
    return seasons.at(seasons.next_workday(last + timedelta(days=3)), 9.5)


def _rail(day: date, fare: int, origin: str, goal: str, number: str, leaves: str) -> Expense:
    return Expense(day, "rail", f"高铁 {origin}→{goal}", fare, "铁路客运", INVOICE,
                   train=Train(origin, goal, number, leaves))  # fmt: skip


def _from_files(tell: Teller) -> Iterator[Story]:
    """Claims that e-invoices filled; what has no words yet stands as it was read."""
    day = seasons.workdays_before(tell.today, 3)
    yield tell.story(
        "alice", 1, "",
        _rail(day, 139_50, "上海虹桥", "南京南", "G7012", "09:20"),
        Expense(day, "", "", 418_00, "梧桐驿酒店", INVOICE),
        Expense(day, "", "", 268_00, "文汇办公用品", INVOICE),
        hour=11.3, sent=False, dropped=True,
    )  # fmt: skip
    for number, back, customer in (("1108", 58, "嘉禾食品"), ("1114", 39, "明德教育")):
        day = seasons.workdays_before(tell.today, back + 2)
        yield tell.story(
            number, back, f"南京一日：{customer}",
            _rail(day, 139_50, "上海虹桥", "南京南", "G7002", "07:05"),
            _rail(day, 139_50, "南京南", "上海虹桥", "G7057", "18:40"),
            dropped=True,
        )  # fmt: skip


def _under_way(tell: Teller) -> Iterator[Story]:
    """On the desks of bob, carol and bob's own manager."""
    yield tell.story(
        "1105", 2, "自驾：上海⇄宁波 蓝海制造",
        tell.spent(4, "mileage", "自驾：上海⇄宁波", 0, "", quantity="438", proof=""),
        tell.spent(4, "other", "高速与跨海大桥通行费", 214_00, "", proof=PICTURE),
        turns=[Turn(LEFT, LINE_MANAGER)],
    )  # fmt: skip
    yield tell.story(
        "1113", 6, "Vienna: tender presentation",
        tell.spent(10, "flight", "Shanghai–Vienna and back", 9_120_00, "蓝羽航空", proof=INVOICE,
                   project="ALPEN"),
        tell.spent(10, "lodging", "Pension Donau", 258_00, "Pension Donau", currency="EUR",
                   city="维也纳", nights=2, proof=PICTURE, project="ALPEN",
                   reason="Two nights because of the morning slot."),
        tell.spent(9, "local_transport", "Taxi to the customer", 27_50, "", currency="EUR",
                   city="维也纳", proof=PICTURE, project="ALPEN"),
        paces=[3.0, 2.0], turns=[Turn(LEFT, FINANCE_REVIEW)],
    )  # fmt: skip
    yield tell.story(
        "dan", 5, "Load generators for two projects",
        tell.spent(8, "other", "Cloud load tests", 2_860_00, "云栈信息", proof=INVOICE,
                   parts=(("1200", "ARK", "60%"), ("1200", "ALPEN", "40%"))),
        paces=[4.0], turns=[Turn(LEFT, FINANCE_REVIEW)],
    )  # fmt: skip
    yield tell.story(
        "1106", 9, "武汉上线支持：备用金报销",
        tell.spent(12, "lodging", "云间客栈 4 晚", 1_280_00, "云间客栈", proof=INVOICE,
                   city="武汉", nights=4),
        tell.spent(12, "rail", "高铁 上海→武汉", 302_50, "铁路客运", proof=INVOICE),
        tell.spent(9, "other", "现场设备搬运", 860_00, "众合服务", proof=INVOICE),
        paces=[2.0, 3.0],
    )  # fmt: skip
    yield tell.story(
        "bob", 2, "Singapore: contract signing",
        tell.spent(6, "flight", "Shanghai–Singapore and back", 3_640_00, "蓝羽航空", proof=INVOICE),
        tell.spent(6, "lodging", "Harbour Lane Hotel", 252_00, "Harbour Lane Hotel",
                   currency="SGD", city="新加坡", nights=1, proof=PICTURE,
                   reason="The customer's hotel, one night only."),
        tell.spent(5, "local_transport", "Taxi to the airport", 28_40, "", currency="SGD",
                   city="新加坡", proof=PICTURE, reason="No train at that hour."),
        filled_by="alice", turns=[Turn(LEFT, LINE_MANAGER)],
    )  # fmt: skip
    yield tell.story(
        "bob", 24, "Customer day: rooms and drinks",
        tell.spent(27, "other", "Room hire", 1_450_00, "一展会务", proof=INVOICE),
        paces=[4.0], filled_by="alice",
        turns=[Turn(RETURNED, FINANCE_REVIEW, "Which customers?",
                    mended={0: {"purpose": "Room hire, day of Alpen Motors and Ark Bank"}})],
    )  # fmt: skip
