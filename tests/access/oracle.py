"""What each seat may see of what was planted. Written from the guide to access and the design, with nothing of the
application's: neither its scope nor its permissions are asked here."""

from typing import Final

from tests.access.ground import PLACES
from tests.access.posts import CENTRE, TOWN_HELP, TOWN_OFFICE, Seat
from tests.access.routes import Ask
from tests.access.signs import Sign

SEEING: Final = {
    *(
        "operator",
        "dispatcher",
        "verifier",
        "grid-worker",
        "supervisor",
        "leader",
        "data-steward",
        "administrator",
    ),
}
DUTY: Final = {  # the purposes that need no words
    "operator": {"callback", "handling"},
    "dispatcher": {"handling"},
    "handler": {"handling"},
    "grid-worker": {"handling", "verifying"},
    "verifier": {"verifying", "callback"},
    "supervisor": {"supervision", "callback"},
    "leader": {"supervision"},
    "data-steward": {"rights"},
    "administrator": {"security"},
}
NEEDS_NOBODY: Final = {"audit", "statistics"}
NEVER_SHOWN: Final = {  # to any seat: the reporter's, its owner's, no form's, no address's of the matrix
    *(
        "notice",
        "view",
        "case-answer",
        "tip-answer",
        "incident-answer",
        "visit-answer",
        "tip-text",
        "incident-text",
    ),
}
CLEARED: Final = {"operator", "dispatcher"}


def lies_in(place: str, whole: str) -> bool:
    """By the national code: 省 2, 市 4, 县 6, 乡 9, 村 12 digits and grids below."""
    for digits in (2, 4, 6, 9):
        if whole[digits:12].strip("0") == "" and len(whole) == 12:
            return place[:digits] == whole[:digits]
    return place.startswith(whole)


def may_see(seat: Seat, sign: Sign, ask: Ask) -> bool:
    """Whether an answer to this seat may hold the sign."""
    if sign.grade == 1 or (sign.owner and sign.owner == seat.name):
        return True
    rule = RULES.get(sign.kind)
    if rule is None:
        raise LookupError(f"The oracle has no rule for '{sign.kind}'.")
    return rule(seat, sign, ask)


def may_write(seat: Seat, ask: Ask) -> bool:
    """Whether what is asked about an object there may leave a mark in the ledger at all: who reaches nothing there
    changes nothing, whatever the role is. What everybody does for themselves, and what a counter does for whoever
    stands at it, is of no place."""
    if ask.at not in PLACES or ask.pattern.startswith(OF_NO_PLACE):
        return True
    if seat.glass == ask.at and "contact" in ask.pattern:
        return True  # a look in an emergency is kept like any other
    if seat.role == "handler":
        shares = {"child": TOWN_OFFICE, "far": TOWN_HELP}
        return seat.unit == shares.get(ask.at) or "emergency" in ask.pattern
    return bool(seat.role) and lies_in(PLACES[ask.at], seat.place)


def must_refuse(seat: Seat, ask: Ask) -> bool:
    """What names a case, its photos or a grid is not there for whoever reaches nothing of the place; what is of the
    whole node is not for a town."""
    if ask.pattern.startswith(OF_THE_NODE) and ask.method == "GET":
        return seat.unit != CENTRE
    if not any(part in ask.pattern for part in OF_A_CASE) or ask.pattern.startswith("api/v1/public"):
        return False
    if seat.glass and ask.at == seat.glass:
        return False
    return ask.method == "GET" and not may_write(seat, ask)


OF_THE_NODE: Final = (
    *(
        "desk/ledger/entries",
        "ledger/tile/entries",
        "api/v1/ledger/entries/<index>",
        "api/v1/security/warnings",
    ),
    *("desk/security/", "api/v1/security/signals"),
)
OF_A_CASE: Final = ("number>", "desk/evidence/", "api/v1/photos/<key>", "desk/appraisal/grids/<str:code>")
OF_NO_PLACE: Final = (
    *(
        "desk/rights/counter",
        "desk/duty/emergency/",
        "follow",
        "rights/",
        "desk/security",
        "desk/cases/views",
        "verify",
    ),
    *("desk/audit/export", "api/v1/emergencies", "desk/account", "report", "agent", "api/v1/reports"),
)


def _here(seat: Seat, sign: Sign, *roles: str) -> bool:
    return seat.role in roles and lies_in(sign.place, seat.place)


def case(seat: Seat, sign: Sign, ask: Ask) -> bool:
    """Grade 2: to whose posts reach it, and who looks at it in an emergency (at it, and takes nothing away)."""
    if sign.kind.startswith("incident"):
        told = (
            "desk/security/" in ask.pattern and seat.unit == CENTRE
        )  # auditors see all of security's own pages
        return _here(seat, sign, "administrator", *(["auditor"] if told else []))
    if seat.role == "handler" and seat.unit in (sign.lead, sign.called) and seat.unit:
        return True
    if seat.glass and seat.glass == sign.at and not sign.kind.startswith("tip"):
        return "export" not in ask.pattern
    return _here(seat, sign, *SEEING)


def number(seat: Seat, sign: Sign, ask: Ask) -> bool:
    """The bare number of a case also stands where auditors read who looked at it."""
    if ask.pattern.startswith(("api/v1/public/", "map/", "kept/", "display/")) and sign.kind == "case-number":
        return True  # the bare matter is open to all: its kind, its number and its state
    if sign.kind == "case-number" and ask.pattern == "desk/contracts/<int:pk>/":
        return bool(seat.role)  # what was paid for it; not what it is about
    if sign.kind == "case-number" and _here(seat, sign, "auditor") and "audit" in ask.pattern + "lookups":
        return True
    return case(seat, sign, ask)


def reporter(seat: Seat, sign: Sign, ask: Ask) -> bool:
    """Grades 3 and 4, never without asking: for a purpose that has to reach somebody, with a reason where it is no
    duty or the data are sensitive; not to units that were only called in, nor of tip-offs to whoever handles them."""
    if ask.method == "SQL":
        return behind_the_wall(seat, sign, ask)
    if "callbacks" in ask.pattern and ask.purpose and ask.at == sign.at:
        # the page of a call says its purpose, whatever is sent; one press shows the number
        return _here(seat, sign, "operator", "verifier", "supervisor")
    if not ask.purpose or ask.purpose in NEEDS_NOBODY or not case(seat, sign, ask):
        return False
    if ask.at != sign.at:
        return False
    if seat.role == "handler" and seat.unit == sign.called:
        return False
    if sign.kind.startswith("tip") and seat.role not in CLEARED:
        return False
    return ask.reason


def behind_the_wall(seat: Seat, sign: Sign, ask: Ask) -> bool:
    """What the second wall alone lets a statement read: rows whose mask this seat is shown. Units that were called in
    are shown none; incidents are for administrators, whatever another post is cleared for."""
    if seat.glass:
        return seat.glass == sign.at and sign.kind == "reporter"
    if seat.role == "handler":
        return seat.unit == sign.lead and sign.kind == "reporter"
    if sign.kind.startswith("incident"):
        return _here(seat, sign, "administrator")
    return (sign.kind == "reporter" or seat.role in CLEARED) and _here(seat, sign, *SEEING)


def nobody(seat: Seat, sign: Sign, ask: Ask) -> bool:
    return False


def door(seat: Seat, sign: Sign, ask: Ask) -> bool:
    """Who plans or walks there."""
    return _here(seat, sign, *SEEING)


def thing(seat: Seat, sign: Sign, ask: Ask) -> bool:
    """Grade 2: whoever sees what happens there; units only what they answer for, which is none of these."""
    return _here(seat, sign, *SEEING)


def known(seat: Seat, sign: Sign, ask: Ask) -> bool:
    """Grade 4 of a door: those who collect it there; units only by a duty that these units do not have."""
    return _here(seat, sign, *(SEEING if ask.method == "SQL" else ("grid-worker", "verifier")))


def looked(seat: Seat, sign: Sign, ask: Ask) -> bool:
    """Why somebody looked: auditors of the place."""
    return _here(seat, sign, "auditor")


def staffed(seat: Seat, sign: Sign, ask: Ask) -> bool:
    """Posts asked for and handed over: administrators and auditors of the place."""
    return _here(seat, sign, "administrator", "auditor")


def glass(seat: Seat, sign: Sign, ask: Ask) -> bool:
    """An emergency look: the auditors and the leaders of the place."""
    return _here(seat, sign, "auditor", "leader")


def appealed(seat: Seat, sign: Sign, ask: Ask) -> bool:
    """Whoever appraises the place; units their own."""
    return _here(seat, sign, "supervisor", "leader", "administrator")


def whole_node(*roles: str):  # type: ignore[no-untyped-def]
    """Of the node, not of a place: posts of the whole of it."""
    return lambda seat, sign, ask: seat.role in roles and seat.unit == CENTRE


RULES: Final = {
    **dict.fromkeys(("case", "photo", "tip", "incident", "note", "card"), case),
    **dict.fromkeys(("case-number", "tip-number", "incident-number"), number),
    **dict.fromkeys(("case-answer", "tip-answer", "incident-answer", "call"), case),
    **dict.fromkeys(("case-text", "tip-text", "incident-text"), reporter),
    **dict.fromkeys(("reporter", "tip-reporter", "incident-reporter"), reporter),
    "letter": lambda seat, sign, ask: case(seat, sign, ask) and seat.unit != (sign.called or "?"),
    "notice": nobody,
    "colleague": lambda seat, sign, ask: bool(seat.role),
    "door": door,
    "thing": thing,
    "known": known,
    "visit": door,
    "visit-answer": known,
    "visit-photo": door,
    "appeal": appealed,
    "import": whole_node("administrator"),
    "phrase": lambda seat, sign, ask: _here(seat, sign, "leader", "administrator"),
    "view": nobody,
    "contract": lambda seat, sign, ask: bool(seat.role),
    "key": lambda seat, sign, ask: seat.role == "administrator",
    "look": looked,
    "nomination": staffed,
    "delegation": staffed,
    "glass": glass,
    "export": whole_node("administrator", "auditor"),
    "signal": whole_node("administrator", "auditor"),
    "warning": whole_node("administrator", "auditor"),
    "wish": whole_node("data-steward", "leader"),
    "request": lambda seat, sign, ask: lies_in(sign.place, seat.place) and seat.role in SEEING,
}
