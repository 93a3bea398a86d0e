"""Invented people, and what units are called."""

from random import Random
from typing import Final

_SURNAMES: Final = (
    "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_GIVEN: Final = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红建国文辉力波宁福生龙元海云飞博诚先敬震振壮会思"
    "群豪心邦承乐绍功松善厚庆民友裕河哲江浩亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以"
    "家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘"
)
COUNTIES_EN: Final = {
    "330203": "Haishu District",
    "330205": "Jiangbei District",
    "330206": "Beilun District",
    "330211": "Zhenhai District",
    "330212": "Yinzhou District",
    "330213": "Fenghua District",
    "330225": "Xiangshan County",
    "330226": "Ninghai County",
    "330281": "Yuyao City",
    "330282": "Cixi City",
}
CITIES_EN: Final = {"3302": "Ningbo"}
_TOWN_HALLS: Final = (("街道", "街道办事处"), ("镇", "镇人民政府"), ("乡", "乡人民政府"))


def person_name(rng: Random) -> str:
    given = rng.choice(_GIVEN) if rng.random() < 0.3 else rng.choice(_GIVEN) + rng.choice(_GIVEN)
    return rng.choice(_SURNAMES) + given


def phone(rng: Random) -> str:
    return f"1990000{rng.randrange(10_000):04d}"


def english_place(code: str) -> str:
    """Counties and the city; "" for the others, which screens then show in Chinese."""
    return COUNTIES_EN.get(code[:6], "") if code[4:6] != "00" else CITIES_EN.get(code[:4], "")


def town_hall(town: str) -> str:
    """南门街道 -> 南门街道办事处, 高桥镇 -> 高桥镇人民政府, 保税区 -> 保税区管理委员会"""
    return next(
        (town.removesuffix(ending) + hall for ending, hall in _TOWN_HALLS if town.endswith(ending)),
        town if town.endswith(("办事处", "人民政府", "委员会")) else f"{town}管理委员会",
    )


def village_office(village: str) -> str:
    """万安社区 -> 万安社区居委会, 岭下村 -> 岭下村委会"""
    if village.endswith(("居委会", "村委会", "委员会")):
        return village
    return f"{village}委会" if village.endswith("村") else f"{village}居委会"
