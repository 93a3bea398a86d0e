"""A city's units, posts and lists, invented on its real divisions. Pure: the same divisions and seed, the same city."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from gezhi.demo.names import english_place, person_name, town_hall, village_office
from gezhi.lib.codes import CITY, COUNTY, TOWN, VILLAGE, ancestor_at, level_of, parent_of
from gezhi.places.divisions import spoken


@dataclass(frozen=True)
class Bureau:
    """`city`, `county`: what follows the place's name at that level."""

    key: str
    city: str
    county: str
    en: str
    functions: tuple[str, ...]


BUREAUS: Final = (
    Bureau(
        "enforcement",
        "综合行政执法局",
        "综合行政执法局",
        "Urban Management Bureau",
        ("urban-enforcement", "sanitation"),
    ),
    Bureau(
        "works",
        "市政园林管理中心",
        "市政园林管理中心",
        "Municipal Works and Parks Centre",
        ("municipal", "landscape"),
    ),
    Bureau(
        "housing",
        "住房和城乡建设局",
        "住房和城乡建设局",
        "Housing Bureau",
        ("construction", "property", "property-supervision", "maintenance-fund"),
    ),
    Bureau("transport", "交通运输局", "交通运输局", "Transport Bureau", ("transport",)),
    Bureau(
        "traffic-police", "公安局交通警察局", "公安分局交通警察大队", "Traffic Police", ("police-traffic",)
    ),
    Bureau("police", "公安局", "公安分局", "Public Security Bureau", ("public-security",)),
    Bureau(
        "water",
        "水利局",
        "农业农村水利局",
        "Water and Agriculture Bureau",
        ("water", "agriculture", "river-chief"),
    ),
    Bureau("power", "供电公司", "供电公司", "Power Supply Company", ("power",)),
    Bureau("telecom", "通信管理局", "通信发展中心", "Telecommunications Centre", ("telecom",)),
    Bureau("gas", "燃气集团", "燃气公司", "Gas Company", ("gas",)),
    Bureau("environment", "生态环境局", "生态环境分局", "Environment Bureau", ("environment",)),
    Bureau(
        "market", "市场监督管理局", "市场监督管理局", "Market Regulation Bureau", ("market", "lift-safety")
    ),
    Bureau("fire", "消防救援支队", "消防救援大队", "Fire and Rescue", ("fire", "fire-prevention")),
    Bureau("emergency", "应急管理局", "应急管理局", "Emergency Management Bureau", ("emergency",)),
    Bureau("civil", "民政局", "民政局", "Civil Affairs Bureau", ("civil-affairs", "community")),
    Bureau("culture", "文化广电旅游局", "文化广电旅游体育局", "Culture and Tourism Bureau", ("culture",)),
    Bureau("services", "教育局", "教育局", "Education Bureau", ("education",)),
    Bureau("health", "卫生健康委员会", "卫生健康局", "Health Bureau", ("health",)),
    Bureau(
        "labour",
        "人力资源和社会保障局",
        "人力资源和社会保障局",
        "Human Resources Bureau",
        ("human-resources",),
    ),
    Bureau(
        "planning",
        "自然资源和规划局",
        "自然资源和规划分局",
        "Natural Resources and Planning Bureau",
        ("planning",),
    ),
    Bureau("justice", "司法局", "司法局", "Justice Bureau", ("justice",)),
    Bureau("petitions", "信访局", "信访局", "Petitions Bureau", ("petitions",)),
    Bureau("court", "中级人民法院", "人民法院", "People's Court", ("court",)),
    Bureau("women", "妇女联合会", "妇女联合会", "Women's Federation", ("women",)),
    Bureau(
        "lists", "机构编制委员会办公室", "机构编制委员会办公室", "Office of Public Bodies", ("list-keeping",)
    ),
)
STREET_DUTIES: Final = ("property", "civil-affairs", "fire-prevention", "property-supervision")  # 街道
TOWN_DUTIES: Final = (*STREET_DUTIES, "sanitation", "agriculture")  # 镇、乡: they sweep their own streets
CENTRE: Final = "centre"
CONTRACTOR: Final = "contractor"
SOURCE: Final = "demonstration list, not of any city"
# Small matters that the community settles itself, and street vendors whom the towns deal with.
DUTY_LIST: Final = (
    ("matter-06041", VILLAGE, "community"),
    ("matter-06005", VILLAGE, "community"),
    ("matter-07008", VILLAGE, "community"),
    ("matter-09001", TOWN, "property"),
    ("matter-06007", TOWN, "property"),
)
ADMISSION_LIST: Final = (
    ("matter-06001", False),
    ("matter-06048", False),
    ("matter-01049", False),
    ("matter-06010", True),
)


@dataclass(frozen=True)
class UnitDraft:
    code: str
    name: str
    name_en: str
    place: str
    functions: tuple[str, ...]


@dataclass(frozen=True)
class PostDraft:
    """One account in one post. `password`: may sign in."""

    username: str
    name: str
    name_en: str
    unit: str
    role: str
    place: str
    password: bool = False


def units_of(divisions: Mapping[str, str], city: str, functions: Collection[str]) -> list[UnitDraft]:
    """`divisions`: code -> name of the city and all below it, without grids. `functions`: all that somebody must
    answer for; the governance centres answer for those that no bureau has."""
    found: list[UnitDraft] = []
    for code, name in sorted(divisions.items()):
        level = level_of(code)
        if level in (CITY, COUNTY) and code >= city:
            found += _offices(code, name, level, sorted(set(functions) - _KNOWN))
        elif level == TOWN:
            duties = STREET_DUTIES if "街道" in name else TOWN_DUTIES
            county = divisions.get(parent_of(code) or "", "")
            found.append(UnitDraft(f"{code}-town", f"{county}{town_hall(name)}", "", code, duties))
        elif level == VILLAGE:
            town = spoken(divisions.get(parent_of(code) or "", ""))
            found.append(
                UnitDraft(f"{code}-village", f"{town}{village_office(name)}", "", code, ("community",))
            )
    return found


def kind_of(unit: UnitDraft) -> str:
    if unit.code.endswith(CENTRE):
        return "centre"
    return "community" if level_of(unit.place) == VILLAGE else "office"


_KNOWN: Final = {function for bureau in BUREAUS for function in bureau.functions}


def _offices(code: str, name: str, level: int, rest: Sequence[str]) -> Iterator[UnitDraft]:
    english = english_place(code)
    yield UnitDraft(
        f"{code}-{CENTRE}", f"{name}社会治理中心", _en(english, "Governance Centre"), code, tuple(rest)
    )
    for bureau in BUREAUS:
        title = bureau.city if level == CITY else bureau.county
        yield UnitDraft(
            f"{code}-{bureau.key}", f"{name}{title}", _en(english, bureau.en), code, bureau.functions
        )


def _en(place: str, what: str) -> str:
    return f"{place} {what}" if place else ""


def posts_of(units: Sequence[UnitDraft], grids: Sequence[str], rng: Random) -> list[PostDraft]:
    """Whoever works in the city: at every centre, one handler a unit, one worker a grid."""
    found: list[PostDraft] = []
    for unit in units:
        if unit.code.endswith(CENTRE):
            found += _centre_posts(unit, rng)
        if unit.functions:
            found.append(_post("h", unit.code, unit, "handler", unit.place, rng))
    villages = {unit.place: unit for unit in units if level_of(unit.place) == VILLAGE}
    for grid in grids:
        home = villages[parent_of(grid) or ""]
        found.append(_post("g", grid, home, "grid-worker", grid, rng))
    towns = [unit for unit in units if level_of(unit.place) == TOWN]
    found += [
        _post("dispatcher", unit.place, unit, "dispatcher", unit.place, rng)
        for unit in towns[:WITH_DISPATCHER]
    ]
    return found


WITH_DISPATCHER: Final = 6  # towns that dispatch themselves
_AT_CENTRES: Final = (("operator", 2), ("dispatcher", 2), ("verifier", 3), ("supervisor", 1), ("leader", 1))


def _centre_posts(unit: UnitDraft, rng: Random) -> Iterator[PostDraft]:
    for role, count in _AT_CENTRES:
        for number in range(1, count + 1):
            yield _post(role, f"{unit.place[:6]}-{number}", unit, role, unit.place, rng)


def _post(kind: str, key: str, unit: UnitDraft, role: str, place: str, rng: Random) -> PostDraft:
    return PostDraft(f"{kind}-{key}", person_name(rng), "", unit.code, role, place)


@dataclass(frozen=True)
class Guest:
    """An account for whoever looks at the demonstration. `bureau`: of the city or county; "": of the grid's town."""

    username: str
    name: str
    name_en: str
    role: str
    bureau: str
    zh: str
    en: str


GUESTS: Final = (
    Guest(
        "operator",
        "方晓晴",
        "Fang Xiaoqing",
        "operator",
        CENTRE,
        "代市民登记诉求",
        "enter what a caller says",
    ),
    Guest(
        "dispatcher",
        "沈立群",
        "Shen Liqun",
        "dispatcher",
        CENTRE,
        "立案、派遣、更正、并案",
        "file, dispatch, correct, merge",
    ),
    Guest(
        "handler",
        "周建斌",
        "Zhou Jianbin",
        "handler",
        "enforcement",
        "接收、处置、退回",
        "receive, finish with a photo, return",
    ),
    Guest(
        "town",
        "王海宁",
        "Wang Haining",
        "dispatcher",
        "",
        "街道派遣员：派遣、吹哨、逐级上报",
        "a town's dispatcher: dispatch, whistle, escalate",
    ),
    Guest(
        "mediator",
        "林和平",
        "Lin Heping",
        "handler",
        "justice",
        "调解纠纷：受理、调解、出具协议书",
        "mediate a dispute: take it up, talk, write the agreement",
    ),
    Guest(
        CONTRACTOR,
        "赵明光",
        "Zhao Mingguang",
        "handler",
        CONTRACTOR,
        "合同范围内的路灯维修：接收、处置",
        "street lamps under a contract: receive, finish",
    ),
    Guest("verifier", "许文静", "Xu Wenjing", "verifier", CENTRE, "核查、返工", "verify, send back"),
    Guest(
        "supervisor",
        "郑国平",
        "Zheng Guoping",
        "supervisor",
        CENTRE,
        "督办令、黄牌红牌、审批延期、裁定申诉、空转案件",
        "orders and cards, agree to extensions, decide appeals, cases that go round",
    ),
    Guest(
        "leader",
        "何启明",
        "He Qiming",
        "leader",
        CENTRE,
        "全市案件、考核通报、时限参数、采购公示",
        "the whole city, appraisals, parameters, purchases",
    ),
    Guest(
        "gridworker",
        "陈小妹",
        "Chen Xiaomei",
        "grid-worker",
        "",
        "巡查上报、接收、处置",
        "report from the field, handle",
    ),
    Guest(
        "admin",
        "钱管理",
        "Qian Guanli",
        "administrator",
        CENTRE,
        "导入、训练分类",
        "import files, train the classifier",
    ),
    Guest(
        "steward",
        "沈护之",
        "Shen Huzhi",
        "data-steward",
        CENTRE,
        "个人信息权利请求",
        "requests about personal data",
    ),
    Guest(
        "auditor",
        "孙正言",
        "Sun Zhengyan",
        "auditor",
        CENTRE,
        "存证链、查阅记录",
        "the ledger, who looked at what",
    ),
)


def guest_posts(city: str, county: str, grid: str) -> list[PostDraft]:
    """`county`: whose bureaus the handlers are at; `grid`: the grid worker's, in that county. The contractor's
    handler comes with the contract."""
    return [_guest_post(guest, city, county, grid) for guest in GUESTS if guest.username != CONTRACTOR]


def _guest_post(guest: Guest, city: str, county: str, grid: str) -> PostDraft:
    unit, place = _guest_unit(guest, city, county, grid)
    return PostDraft(guest.username, guest.name, guest.name_en, unit, guest.role, place, password=True)


def _guest_unit(guest: Guest, city: str, county: str, grid: str) -> tuple[str, str]:
    """(unit, place)"""
    if guest.role == "grid-worker":
        return f"{parent_of(grid)}-village", grid
    if not guest.bureau:
        town = ancestor_at(grid, TOWN)
        return f"{town}-town", town
    place = county if guest.role == "handler" else city
    return f"{place}-{guest.bureau}", place
