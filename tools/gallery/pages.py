"""Every page that a person can open: its address in a demonstration city, and who opens it.

A page with a part in its address names the statement that finds one worth showing. What answers with a file, a
fragment or numbers, or only takes what a form sends, is no page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import psycopg
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

STAFF: Final = "supervisor"
RESIDENT: Final = "resident"  # without an account: looked up an own report by its code
_OPEN: Final = "SELECT number FROM cases_case WHERE is_open ORDER BY version DESC, id LIMIT 1"
OWN_REPORT: Final = (
    "SELECT r.tracking_code FROM cases_report r JOIN cases_case c ON c.id = r.case_id WHERE r.source = 'portal' "
    "AND c.closed_at > '2000-01-01' AND NOT EXISTS (SELECT FROM cases_reporter p WHERE p.report_id = r.id) "
    "ORDER BY r.id DESC LIMIT 1"
)

WHO: Final[Mapping[str, str]] = {  # where it is not the supervisor, or the area's own
    "desk:sign-in": "",
    "portal:thanks": RESIDENT,  # only whoever has just reported, or looked the report up, reads it
    "portal:followed": RESIDENT,
    "desk:hotline": "operator",
    "portal:agent": "gridworker",
    "portal:agent-receipt": "gridworker",
    "desk:imports": "admin",
    "desk:import-run": "admin",
    "desk:classifier": "admin",
    "desk:packs": "admin",
    "desk:pack": "admin",
    "desk:public-notices": "leader",
    "desk:parameters": "leader",
    "desk:parameter": "leader",
    "desk:contract": "leader",
    "desk:contract-new": "leader",
    "desk:contracts": "leader",
    "desk:subjects": "dispatcher",
    "desk:subject": "dispatcher",
    "desk:subject-new": "dispatcher",
    "desk:subject-import": "dispatcher",
    "desk:vouched": "leader",
    "desk:event": "dispatcher",
    "desk:signing-key": "dispatcher",
    "desk:case": "dispatcher",
    "desk:cases": "dispatcher",
    "desk:case-print": "dispatcher",
    "desk:triage": "dispatcher",
    "desk:appeal-new": "handler",  # of the unit for which the case counts
    "desk:home": "dispatcher",
    "desk:inbox": "dispatcher",
    "desk:board": "dispatcher",
    "desk:phrases": "leader",
    "desk:ledger": "auditor",
    "desk:ledger-entries": "auditor",
    "desk:ledger-entry": "auditor",
    **dict.fromkeys(("desk:audit", "desk:audit-glass", "desk:audit-posts"), "auditor"),
    "desk:auditors": "leader",
    **{f"desk:rights{name}": "steward" for name in ("", "-retention", "-erasures", "-request")},
    "desk:rights-counter": "operator",
    "desk:staffing": "admin",
    "desk:duty": "dispatcher",
    "desk:my-looks": "dispatcher",
    **{f"desk:{name}": "admin" for name in ("people", "person", "person-new", "people-keys", "security")},
    **{f"desk:security-{name}": "admin" for name in ("warnings", "warning", "exports", "export")},
    **{f"desk:security-{name}": "admin" for name in ("trace", "review")},
}
AREAS: Final[Mapping[str, str]] = {
    "portal": "",
    "field": "gridworker",
    "desk": STAFF,
    "command": "leader",
    "keeping": "admin",
}
FOUND: Final[Mapping[str, str]] = {
    "command:case": _OPEN,
    "desk:case": _OPEN,
    "desk:event": "SELECT c.number, e.seq FROM cases_caseevent e JOIN cases_case c ON c.id = e.case_id "
    "WHERE e.facts ? 'signed' ORDER BY e.id DESC LIMIT 1",
    "desk:case-print": _OPEN,
    "desk:pack": "SELECT name FROM packs_packversion WHERE name = 'city-management' LIMIT 1",
    "desk:parameter": "SELECT 'handling.normal'",
    "desk:import-run": "SELECT key FROM cases_importrun ORDER BY id DESC LIMIT 1",
    "desk:callback": "SELECT id FROM cases_callback ORDER BY done_at NULLS FIRST, id LIMIT 1",
    "desk:contract": "SELECT id FROM people_contract ORDER BY id LIMIT 1",
    "desk:appraisal-unit": "SELECT unit_id FROM cases_case WHERE unit_id > 0 GROUP BY 1 ORDER BY count(*) DESC LIMIT 1",
    "desk:appeal-new": "SELECT t.case_id, t.unit_id FROM insight_tally t JOIN people_post p USING (unit_id) "
    "JOIN people_account a ON a.id = p.account_id WHERE a.username = 'handler' ORDER BY t.at DESC LIMIT 1",
    "desk:bulletin": "SELECT id FROM insight_bulletin ORDER BY id LIMIT 1",
    "desk:profile": "SELECT place_code FROM cases_case WHERE length(place_code) > 12 GROUP BY 1 "
    "ORDER BY count(*) DESC LIMIT 1",
    "desk:ledger-entry": "SELECT id FROM ledger_entry WHERE kind = 'case.report' "
    "ORDER BY tree_index DESC NULLS LAST LIMIT 1",
    "desk:security-warning": "SELECT id FROM security_raisedwarning ORDER BY level DESC, id LIMIT 1",
    "desk:security-export": "SELECT number FROM security_export ORDER BY id LIMIT 1",
    "desk:thing": "SELECT thing_id FROM sensing_datastream ORDER BY id LIMIT 1",
    "desk:backfill": "SELECT key FROM sensing_backfillrun ORDER BY refused DESC, id LIMIT 1",
    "desk:sensed-warning": "SELECT id FROM sensing_sensedwarning ORDER BY ended_at IS NULL DESC, level DESC LIMIT 1",
    "desk:forecast": "SELECT kind, code FROM sensing_trainedforecast ORDER BY id DESC LIMIT 1",
    "desk:rights-request": "SELECT c.number FROM cases_case c JOIN rights_request r ON r.case_id = c.id "
    "ORDER BY r.right = 'delete' DESC, r.id LIMIT 1",
    "desk:round": "SELECT id FROM rounds_round ORDER BY id LIMIT 1",
    "desk:plan": "SELECT plan FROM rounds_round ORDER BY id LIMIT 1",
    "desk:person": "SELECT id FROM people_account WHERE username = 'dispatcher'",
    "desk:subject": "SELECT id FROM rounds_subject ORDER BY id LIMIT 1",
    "field:case": "SELECT c.number FROM cases_case c JOIN people_post p USING (place_code) JOIN people_account a "
    "ON a.id = p.account_id WHERE a.username = 'gridworker' ORDER BY c.is_open DESC, c.id DESC LIMIT 1",
    "field:round": "SELECT r.id FROM rounds_round r JOIN people_post p USING (place_code) JOIN people_account a "
    "ON a.id = p.account_id WHERE a.username = 'gridworker' ORDER BY r.state = 'planned' DESC, r.id DESC LIMIT 1",
    "portal:thanks": OWN_REPORT,
    "portal:followed": OWN_REPORT,
    "portal:agent-receipt": "SELECT r.tracking_code FROM cases_report r JOIN people_account a "
    "ON a.id = r.submitted_by_id WHERE r.source = 'agent' AND a.username = 'gridworker' LIMIT 1",
    "portal:verified": "SELECT code FROM cases_issueddocument ORDER BY id LIMIT 1",
}
ASKED: Final[
    Mapping[str, str]
] = {  # what a page is asked for, beyond its plain form; {month}: the present one
    "desk:statistics-cases": "count=reported&period={month}&level=all",
    "desk:appraisal-cases": "count=reported&period={month}&level=all",
    "desk:classifier": "text=路灯不亮",
}


NO_PAGES: Final = frozenset(  # files, fragments, numbers, and what only takes a form
    f"desk:{name}"
    for name in (
        "sign-out bulk export save-view forget-view issue document drawing parameter-set parameter-withdraw evidence "
        "hotline-hints import-mapping import-progress import-errors lists-export coverage-export callbacks-export "
        "circles-export contracts-export contract-change contract-mark appraisal-export bulletin-publish bulletin-file "
        "second passkey challenge identity identity-back link link-open account-end account-passkey account-codes "
        "account-remove account-key-end person-act "
        "profiles-export training-progress export-rounds round-photo notes note inbox-seen "
        "phrase-save phrase-end signing-key-end statistics-export security-answer security-review-paper "
        "triage-act beside undo appeal-decide contact callback-contact "
        "delegate delegation-end glass-open glass-end nominate nomination post-end audit-export audit-glass-review "
        "ledger-checkpoint ledger-proof ledger-body ledger-proofs case-proof photo-proof "
        "things-export thing-keep sensed-answer silence-end public-notice-end "
        "backfill-progress backfill-faults backfill-example"
    ).split()
) | {
    *(
        "field:issue",
        "field:document",
        "field:worker",
        "field:manifest",
        "field:day",
        "field:sync",
        "field:photo",
        "field:warning",
    ),
    *(f"portal:rights-{name}" for name in "code enter by-code leave copy photo number step".split()),
    *(
        f"desk:rights-{name}"
        for name in "counter-ask counter-contact counter-copy counter-leave own-copy".split()
    ),
    *(
        "portal:rights-mine",
        "portal:rights-how",
        "portal:rights-contact",
        "portal:rights-ask",
        "desk:rights-person",
    ),
    *("portal:places", "portal:place-map", "portal:here", "portal:photo", "portal:paper", "portal:step"),
    "portal:display",
    "keeping:drill",
    *(f"command:{name}" for name in ("board", "places", "heat", "points", "replay", "things", "urge")),
}


@dataclass(frozen=True, slots=True)
class Page:
    """`who`: the account that opens it; "": nobody signed in."""

    name: str
    route: str
    who: str
    path: str


def who_opens(route: str) -> str:
    return WHO.get(route, AREAS[route.partition(":")[0]])


def all_routes() -> list[str]:
    """The names of all addresses of the areas, from their address books."""
    return [
        f"{resolver.namespace}:{pattern.name}"
        for resolver in get_resolver().url_patterns
        if isinstance(resolver, URLResolver) and resolver.namespace in AREAS
        for pattern in resolver.url_patterns
        if isinstance(pattern, URLPattern)
    ]


def page_routes() -> list[str]:
    return [route for route in all_routes() if route not in NO_PAGES]


def parts_of(route: str) -> int:
    """How many parts of the route's address are to be filled."""
    name = route.partition(":")[2]
    patterns = (p for p in _patterns(route) if p.name == name)
    return len(next(patterns).pattern.converters)


def _patterns(route: str) -> Iterator[URLPattern]:
    area = route.partition(":")[0]
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and resolver.namespace == area:
            yield from (one for one in resolver.url_patterns if isinstance(one, URLPattern))


def page_of(route: str, connection: psycopg.Connection) -> Page:
    """Raises LookupError for a page with parts for which the city holds nothing to show."""
    parts: tuple[object, ...] = ()
    if parts_of(route):
        row = connection.execute(FOUND[route]).fetchone() if route in FOUND else None
        if row is None:
            raise LookupError(
                f"{route}: name in FOUND where the city holds something that this page can show"
            )
        parts = row
    query = f"?{ASKED[route]}".format(month=f"{timezone.localdate():%Y-%m}") if route in ASKED else ""
    return Page(route.replace(":", "-"), route, who_opens(route), reverse(route, args=parts) + query)
