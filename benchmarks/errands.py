"""What the measured company spends money on. Amounts are fen."""

from typing import NamedTuple


class Expense(NamedTuple):
    """One line; ``least`` is the smallest amount it comes to."""

    category: str
    purpose: str
    least: int
    city: str = ""
    nights: int | None = None


class Errand(NamedTuple):
    purpose: str
    expenses: tuple[Expense, ...]


SMALL = (
    Errand("手机话费", (Expense("telephone", "本月话费", 120_00),)),
    Errand("市内打车", (Expense("local_transport", "公司到客户现场", 30_00),)),
    Errand("Couriers to customers", (Expense("postage", "Contracts by courier", 20_00),)),
)
LARGE = (
    Errand("北京客户拜访", (
        Expense("rail", "上海虹桥 — 北京南 二等座", 553_00),
        Expense("lodging", "北京 酒店", 700_00, "北京", 2),
        Expense("local_transport", "北京 市内出租车", 86_00, "北京"),
    )),
    Errand("成都项目实施", (
        Expense("flight", "上海 — 成都 经济舱", 1_180_00),
        Expense("lodging", "成都 酒店", 900_00, "成都", 3),
        Expense("meals", "成都 餐费", 180_00, "成都"),
        Expense("local_transport", "机场往返", 132_00, "成都"),
    )),
    Errand("Trade fair in Guangzhou", (
        Expense("flight", "Shanghai to Guangzhou", 980_00),
        Expense("lodging", "Hotel at the fair", 820_00, "广州", 2),
    )),
    Errand("办公用品采购", (
        Expense("office", "打印纸与硒鼓", 260_00),
        Expense("office", "会议室转接线", 90_00),
    )),
    Errand("部门培训", (Expense("training", "安全培训课程", 1_600_00),)),
    Errand("展会搭建与物料", (Expense("office", "展台与印刷品", 14_800_00),)),
)  # fmt: skip
SHOPPING = LARGE[3]
