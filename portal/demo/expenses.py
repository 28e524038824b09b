"""What people of the demo company spend money on as a rule. Amounts are fen (CNY)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from portal.demo.places import (
    AGENCIES,
    BANQUETS,
    CITIES,
    CUSTOMERS,
    DAILY_MEALS,
    GUESTS,
    HOTELS,
    NIGHTLY,
    RESTAURANTS,
    SCHOOLS,
    SHOPS,
    TAXIS,
    City,
)
from portal.demo.stories import INVOICE, PICTURE, Errand, Expense

BETWEEN_SCRIPTS = re.compile(
    r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])"
)

GENEROSITY = {"staff": 1.0, "manager": 1.25, "director": 1.75}


@dataclass(frozen=True)
class Spender:
    """Who spends: the grade decides how well they sleep and eat."""

    grade: str
    english: bool

    def say(self, zh: str, en: str) -> str:
        """The words in the language they write."""
        return en if self.english else BETWEEN_SCRIPTS.sub(" ", zh)


def trip(rng: Random, who: Spender, last: date) -> Errand:
    """A journey of one to four days that ends on ``last``."""
    city = rng.choice(CITIES)
    nights = rng.choices((0, 1, 2, 3), (1, 5, 4, 2))[0]
    if city.by == "flight":
        nights = max(nights, 1)
    start = last - timedelta(days=nights)
    there = who.say(city.zh, city.en)
    home = who.say("上海", "Shanghai")
    expenses = _journey(city, who, start, last, home, there)
    if nights:
        low, high = NIGHTLY[city.tier]
        rate = rng.randint(low, high) * GENEROSITY[who.grade]
        if rng.random() < 0.07:
            rate *= rng.uniform(1.15, 1.4)
        hotel = rng.choice(HOTELS)
        expenses.append(
            Expense(
                start, "lodging", who.say(f"{hotel} {nights}晚", f"Hotel, nights: {nights}"),
                round(rate) * nights * 100, hotel, INVOICE, there, nights,
            )
        )  # fmt: skip
    for step in range(nights + 1):
        expenses += _day_away(rng, who, start + timedelta(days=step), city, there)
    customer = rng.choice(CUSTOMERS)
    zh, en = rng.choice(
        (
            (f"{city.zh}出差：拜访{customer}", f"{city.en}: visit to {customer}"),
            (f"{city.zh}出差：{customer}项目实施", f"{city.en}: on site at {customer}"),
            (f"参加{city.zh}行业展会", f"Trade fair in {city.en}"),
            (f"{city.zh}客户培训", f"Customer training in {city.en}"),
        )
    )
    return Errand(who.say(zh, en), tuple(sorted(expenses, key=lambda each: each.spent_on)))


def _journey(
    city: City, who: Spender, start: date, last: date, home: str, there: str
) -> list[Expense]:
    if city.by == "flight":
        purpose = who.say(f"{home}⇄{there} 往返机票", f"Flight {home}–{there} and back")
        return [Expense(start, "flight", purpose, 2 * city.fare, "蓝羽航空", INVOICE)]
    ways = ((start, home, there), (last, there, home))
    return [
        Expense(
            day, "rail", who.say(f"高铁 {origin}→{goal}", f"Train {origin}–{goal}"), city.fare,
            "铁路客运", INVOICE if city.fare > 100_00 else PICTURE,
        )
        for day, origin, goal in ways
    ]  # fmt: skip


def _day_away(rng: Random, who: Spender, day: date, city: City, there: str) -> list[Expense]:
    low, high = DAILY_MEALS[city.tier]
    expenses = []
    if rng.random() < 0.75:
        amount = round(rng.randint(low, high) * GENEROSITY[who.grade]) * 100
        expenses.append(
            Expense(
                day, "meals", who.say("出差用餐", "Meals"), amount, rng.choice(RESTAURANTS),
                PICTURE if amount > 100_00 or rng.random() < 0.15 else "", there,
            )
        )  # fmt: skip
    if rng.random() < 0.5:
        expenses.append(_ride(rng, who, day, there))
    return expenses


AT_HOME = (
    ("打车：公司到客户处", "Taxi from the office to the customer"),
    ("打车：加班回家", "Taxi home after late work"),
    ("打车：去虹桥枢纽", "Taxi to Hongqiao"),
    ("打车：送样品到客户", "Taxi with samples to the customer"),
)
AWAY = (
    ("打车：车站到酒店", "Taxi: station to hotel"),
    ("打车：酒店到客户现场", "Taxi: hotel to customer"),
    ("打车：客户现场到车站", "Taxi: customer to station"),
)


def _ride(
    rng: Random, who: Spender, day: date, city: str, ways: tuple[tuple[str, str], ...] = AWAY
) -> Expense:
    zh, en = rng.choice(ways)
    amount = rng.randint(16, 68) * 100 + rng.choice((0, 0, 0, 50, 20))
    proof = PICTURE if rng.random() < 0.2 else ""
    return Expense(day, "local_transport", who.say(zh, en), amount, rng.choice(TAXIS), proof, city)


def rides(rng: Random, who: Spender, last: date) -> Errand:
    """One to four rides in town."""
    count = rng.randint(1, 4)
    days = sorted(last - timedelta(days=rng.randint(0, 9)) for _ in range(count))
    town = who.say("上海", "Shanghai")
    expenses = tuple(_ride(rng, who, day, town, AT_HOME) for day in days)
    customer = rng.choice(CUSTOMERS)
    zh, en = rng.choice(
        (
            (f"市内交通：{customer}", f"Rides in town: {customer}"),
            ("市内外勤交通费", "Rides in town"),
            ("加班交通费", "Late rides home"),
        )
    )
    return Errand(who.say(zh, en), expenses)


def dinner(rng: Random, who: Spender, last: date) -> Errand:
    """Customers are entertained."""
    customer = rng.choice(CUSTOMERS)
    guests = rng.sample(GUESTS, rng.randint(2, 5))
    heads = len(guests) + 1
    amount = rng.randint(95, 188) * heads * 100
    if rng.random() < 0.06:
        amount = rng.randint(215, 260) * heads * 100
    return Errand(
        who.say(f"宴请{customer}", f"Dinner with {customer}"),
        (
            Expense(
                last, "entertaining", who.say(f"{customer}商务宴请", f"Dinner with {customer}"),
                amount, rng.choice(BANQUETS), rng.choice((PICTURE, INVOICE)),
                attendees=f"{'、'.join(guests)}（{customer}）",
            ),
        ),
    )  # fmt: skip


SUPPLIES = (
    ("打印纸与硒鼓", "Paper and toner", 160, 520),
    ("白板笔、便签", "Markers and notes", 35, 120),
    ("键盘鼠标", "Keyboard and mouse", 120, 460),
    ("显示器转接线", "Monitor adapters", 60, 180),
    ("宣传册印刷", "Brochures printed", 380, 1900),
    ("会议室茶歇用品", "Refreshments for meetings", 80, 330),
)
COURSES = (
    ("数据分析课程", "Data analysis course", 1280, 2980),
    ("项目管理认证考试费", "Project management exam", 2300, 3900),
    ("信息安全培训", "Security training", 860, 1980),
    ("英语写作课", "Business English course", 680, 1680),
)
OTHERS = (
    ("部门团建", "Team event", 900, 3600),
    ("展位物料运输", "Booth material shipped", 600, 4200),
    ("云服务测试费", "Cloud test account", 180, 1500),
    ("证书工本费", "Certificate fees", 50, 300),
)


def supplies(rng: Random, who: Spender, last: date) -> Errand:
    """Things for the office."""
    wares = rng.sample(SUPPLIES, rng.randint(1, 3))
    expenses = tuple(_bought(rng, who, last, "office", ware, PICTURE) for ware in wares)
    return Errand(who.say("办公用品采购", "Office supplies"), expenses)


def course(rng: Random, who: Spender, last: date) -> Errand:
    """Somebody learns something."""
    chosen = rng.choice(COURSES)
    expense = _bought(rng, who, last, "training", chosen, INVOICE, SCHOOLS)
    return Errand(who.say(chosen[0], chosen[1]), (expense,))


def other(rng: Random, who: Spender, last: date) -> Errand:
    """What fits nowhere else."""
    chosen = rng.choice(OTHERS)
    expense = _bought(rng, who, last, "other", chosen, INVOICE, AGENCIES)
    return Errand(who.say(chosen[0], chosen[1]), (expense,))


def parcels(rng: Random, who: Spender, last: date) -> Errand:
    """Contracts and samples are sent."""
    expenses = tuple(
        Expense(
            last - timedelta(days=rng.randint(0, 6)), "postage",
            who.say("寄送合同", "Contract by courier"), rng.randint(12, 46) * 100, "飞鸽速运",
        )
        for _ in range(rng.randint(1, 3))
    )  # fmt: skip
    return Errand(who.say("快递费", "Courier"), expenses)


def _bought(
    rng: Random, who: Spender, day: date, category: str, ware: tuple[str, str, int, int],
    proof: str, sellers: tuple[str, ...] = SHOPS,
) -> Expense:  # fmt: skip
    zh, en, low, high = ware
    amount = rng.randint(low, high) * 100 + rng.choice((0, 0, 50, 80, 90))
    needed = proof if amount > 100_00 else ""
    return Expense(day, category, who.say(zh, en), amount, rng.choice(sellers), needed)


def phone(rng: Random, who: Spender, last: date) -> Errand:
    """The month's phone bill."""
    amount = rng.randint(78, 168) * 100 + rng.randrange(100)
    return Errand(
        who.say("手机通讯费", "Monthly phone bill"),
        (
            Expense(
                last, "telephone", who.say("手机话费", "Phone bill"), amount, "申城通信",
                PICTURE if amount > 100_00 else "",
            ),
        ),
    )  # fmt: skip


Habit = Callable[[Random, Spender, date], Errand]
HABITS: tuple[Habit, ...] = (trip, rides, dinner, supplies, course, parcels, other)
WEIGHTS = {
    "HQ": (4, 2, 4, 0, 0, 0, 1),
    "SALES": (8, 5, 4, 1, 0.4, 1, 0.4),
    "RD": (3, 4, 0.2, 2, 2.5, 0.2, 1.5),
    "MKT": (4, 3, 1.5, 3, 1, 2, 2.5),
    "FIN": (1, 3, 0.2, 3, 2, 1.5, 0.5),
    "HR": (1, 2, 0.5, 5, 2, 2, 2.5),
    "CS": (5, 4, 0.3, 1, 1, 2, 0.4),
}
"""How often a department does each of ``HABITS``."""
