"""Answers to a form by chance, right ones. Pure."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from gezhi.demo.names import person_name
from gezhi.packs.forms import Value, check_answers, fields_of, prefilled, shown
from gezhi.packs.shapes import Form, FormField, Property

REMARKS: Final = ("情况属实。", "已现场核对。", "已记录在案。", "双方均无异议。", "请按期落实。")
SEEN: Final = 0.85  # of the yes-or-no questions that are answered with yes
TRIES: Final = 40  # until the answers fit together
OPTIONAL: Final = 0.6  # of the questions that need no answer and get one
SOON: Final = (
    "until",
    "to",
    "by",
    "next",
    "deadline",
    "due",
)  # last words of fields that ask for a day ahead
_SAMPLES: Final = {"^[0-9A-Z]{18}$": "91330200MA2DEM0X1K", "^[0-9]{17}$": "33020300101000001"}


def fill_in(form: Form, facts: Mapping[str, str], day: date, rng: Random) -> dict[str, Value] | None:
    """`facts`: by the names of `prefill`. None when chance found no right answers."""
    tries = (_tried(form, facts, day, rng) for _ in range(TRIES))
    return next((answers for answers in tries if answers is not None), None)


def _tried(form: Form, facts: Mapping[str, str], day: date, rng: Random) -> dict[str, Value] | None:
    answers: dict[str, Value] = dict(prefilled(form, facts))
    for _, one in fields_of(form):
        if one in shown(form, answers) and one.key not in answers:
            value = _value(form, one, day, rng)
            if value is not None:
                answers[one.key] = value
    visible = {one.key for one in shown(form, answers)}
    checked = check_answers(form, {key: value for key, value in answers.items() if key in visible})
    return None if checked.faults else checked.values


def _value(form: Form, one: FormField, day: date, rng: Random) -> Value | None:
    wanted = form.form_schema.properties[one.key]
    if one.key not in form.form_schema.required and rng.random() > OPTIONAL:
        return None
    return _BY_TYPE[wanted.type](one, wanted, day, rng)


def _text(one: FormField, wanted: Property, day: date, rng: Random) -> Value | None:
    if wanted.enum:
        return rng.choice(wanted.enum)
    if wanted.format:
        return _when(one, wanted, day, rng)
    if wanted.pattern:
        return _SAMPLES.get(wanted.pattern)
    name = one.key.endswith(("name", "person", "party", "inspector", "mediator"))
    text = person_name(rng) if name else rng.choice(REMARKS)
    return text.ljust(wanted.min_length or 0, "。")[: wanted.max_length]


def _when(one: FormField, wanted: Property, day: date, rng: Random) -> str:
    ahead = bool(set(SOON).intersection(one.key.split("_")))
    chosen = day + timedelta(days=rng.randrange(7, 30)) if ahead else day
    if wanted.format == "date":
        return chosen.isoformat()
    return datetime.combine(chosen, time(rng.randrange(9, 17), 30)).isoformat(timespec="minutes")


def _number(one: FormField, wanted: Property, day: date, rng: Random) -> Value:
    low = int(wanted.minimum or 0)
    return rng.randint(low, min(int(wanted.maximum if wanted.maximum is not None else low + 9), low + 9))


def _yes_or_no(one: FormField, wanted: Property, day: date, rng: Random) -> Value:
    return rng.random() < SEEN


def _several(one: FormField, wanted: Property, day: date, rng: Random) -> Value:
    among = wanted.items.enum if wanted.items else ()
    least = wanted.min_items or 1
    return rng.sample(among, min(len(among), rng.randint(least, max(least, min(2, wanted.max_items or 2)))))


_BY_TYPE: Final[Mapping[str, Callable[[FormField, Property, date, Random], Value | None]]] = {
    "string": _text,
    "integer": _number,
    "number": _number,
    "boolean": _yes_or_no,
    "array": _several,
}
