"""What the tables of patrols and visits keep of people. A subject is a door, never a person."""

from typing import Final

from gezhi.lib.personal import RECORD, VISITS, Grade, Held, Personal, Since, in_words, of_staff, of_visited

_LEFT_BY: Final = (
    "%(phone)s <> '' AND t.{column} IN (SELECT k.subject_id FROM rounds_known k WHERE k.until IS NULL"
    " AND k.number <> '' AND k.number = %(phone)s)"
)
_BY: Final = "t.account_id = %(account)s"

TAGS: Final[dict[str, Personal]] = {
    "rounds_subject.name": of_visited("走访对象名称", "Name of a door", retention=RECORD),
    "rounds_subject.code": of_visited("走访对象编号", "Number of a door", Grade.INSIDE, RECORD),
    "rounds_subject.address": of_visited("走访对象地址", "Address of a door", retention=RECORD),
    "rounds_subject.lon": of_visited("走访对象位置（经度）", "Where a door is (longitude)", retention=RECORD),
    "rounds_subject.lat": of_visited("走访对象位置（纬度）", "Where a door is (latitude)", retention=RECORD),
    "rounds_known.value": of_visited("走访了解到的情况", "What is known from visits", Grade.SENSITIVE),
    "rounds_known.account_id": of_staff("了解情况的人员", "Who learnt it"),
    "rounds_round.answers": of_visited("走访登记的内容", "What a visit recorded", Grade.SENSITIVE),
    "rounds_round.photos": of_visited("走访照片的编号", "Keys of a visit's photos"),
    "rounds_round.reason": in_words("未走访的原因", "Why a visit was left out", VISITS),
    "rounds_round.account_id": of_staff("走访人员", "Who walked"),
    "rounds_plansetting.account_id": of_staff("设定计划的人员", "Who set a plan"),
}
PLAIN: Final[dict[str, str]] = {
    "rounds_subject": "kind place_code",
    "rounds_plansetting": "plan place_code",
    "rounds_round": "plan place_code state found",
    "rounds_known": "element source number",  # the database makes the number of the value, and it goes with that
}
HELD: Final[dict[str, Held]] = {
    "rounds_subject": Held(
        name=("走访对象", "Doors that are called at"),
        visited=_LEFT_BY.format(column="id"),
        context=("id", "kind", "place_code", "added_at"),
    ),
    "rounds_known": Held(
        name=("走访了解到的情况", "What is known from visits"),
        visited=_LEFT_BY.format(column="subject_id"),
        staff=_BY,
        begins={Since.ENDED: "t.until"},
        delete=True,
        context=("subject_id", "element", "since", "confirmed_at", "until", "source"),
    ),
    "rounds_round": Held(
        name=("走访记录", "Records of visits"),
        visited=_LEFT_BY.format(column="subject_id"),
        staff=_BY,
        begins={Since.ENDED: "t.ended_at"},
        context=("id", "plan", "place_code", "opens_at", "ended_at", "state"),
    ),
    "rounds_plansetting": Held(staff=_BY, context=("plan", "place_code", "since")),
}
