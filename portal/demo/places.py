"""Where the demo company travels, and whom it buys from. Every name is made up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class City:
    """A city by its tier, and how one gets there for how much, one way, in fen."""

    zh: str
    en: str
    tier: int
    by: str
    fare: int


CITIES = (
    City("北京", "Beijing", 1, "rail", 662_00),
    City("北京", "Beijing", 1, "flight", 1180_00),
    City("深圳", "Shenzhen", 1, "flight", 1350_00),
    City("广州", "Guangzhou", 1, "flight", 1290_00),
    City("杭州", "Hangzhou", 2, "rail", 87_00),
    City("南京", "Nanjing", 2, "rail", 139_50),
    City("苏州", "Suzhou", 2, "rail", 39_50),
    City("武汉", "Wuhan", 2, "rail", 302_50),
    City("合肥", "Hefei", 2, "rail", 204_00),
    City("成都", "Chengdu", 2, "flight", 1420_00),
    City("宁波", "Ningbo", 2, "rail", 144_00),
    City("无锡", "Wuxi", 3, "rail", 59_50),
    City("绍兴", "Shaoxing", 3, "rail", 93_00),
)
NIGHTLY = {1: (360, 445), 2: (265, 345), 3: (205, 275)}
DAILY_MEALS = {1: (58, 112), 2: (42, 92), 3: (36, 74)}

HOTELS = ("汀兰酒店", "和风里酒店", "云间客栈", "梧桐驿酒店", "江畔商务酒店")
RESTAURANTS = ("小满餐厅", "渔家小馆", "三味面馆", "稻香人家", "南山素食", "巷口川菜")
BANQUETS = ("和宴楼", "半亩方塘", "临江阁", "青瓦食府")
TAXIS = ("申北出租汽车", "联通达出租汽车", "畅行网约车")
SHOPS = ("文汇办公用品", "百纳数码", "新纸坊图文")
SCHOOLS = ("启明培训", "求知学堂")
AGENCIES = ("众合服务", "一展会务", "云栈信息")
GUESTS = ("周总", "李经理", "王工", "沈女士", "黄主任", "Ms. Keller", "Mr. Sato", "何总", "谢经理")
CUSTOMERS = ("蓝海制造", "北辰物流", "恒远医疗", "Alpen Motors", "嘉禾食品", "方舟银行", "明德教育")
