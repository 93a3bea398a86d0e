"""Walks through the interface as every role: what one answer names, the next call asks for."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils import timezone
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gezhi.exchange.rest import access
from gezhi.people.actions import issue_token
from gezhi.people.signing_in.policy import SCOPES
from tests import cast
from tests.cast import Cast
from tests.interop.test_schemathesis import OPERATIONS, can_be_wrong

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
NAMED: Final = {
    "number": ("number", "case_number", "case"),
    "pk": ("id", "pk"),
    "code": ("code",),
    "name": ("name", "key"),
}
MOST: Final = 40  # values of a name that are remembered
NOBODY: Final = "nobody at all"
STRANGER: Final = "a key of nobody"


@dataclass
class Walks:
    """`keys`: role -> the key that it calls with; "" for none. `faults`: one of each kind."""

    keys: Mapping[str, str]
    known: dict[str, list[Any]] = field(default_factory=dict)
    calls: Counter[tuple[str, int]] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)
    faults: dict[str, str] = field(default_factory=dict)

    def step(self, data: st.DataObject) -> None:
        """One call of one role, with what is known so far or with anything."""
        role = data.draw(st.sampled_from(sorted(self.keys)))
        operation = data.draw(st.sampled_from(OPERATIONS))
        wrong = data.draw(st.integers(0, 3)) == 0 and can_be_wrong(operation)
        mode = GenerationMode.NEGATIVE if wrong else GenerationMode.POSITIVE
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if isinstance(case.path_parameters, dict):
            for name in sorted(self.known.keys() & case.path_parameters.keys()):
                if self.known[name] and data.draw(st.integers(0, 4)):
                    case.path_parameters[name] = data.draw(st.sampled_from(self.known[name]))
        self.call(role, operation, case)

    def call(self, role: str, operation: APIOperation, case: Case) -> None:
        for buckets in (access.by_caller, access.by_address, access.wrong_keys, access.wrong_lookups):
            buckets._held.clear()
        key = self.keys[role]
        plain = {"Accept-Encoding": "identity"}
        response = case.call(headers=plain | ({"Authorization": f"Bearer {key}"} if key else {}))
        self.calls[role, response.status_code] += 1
        self.operations.add(operation.label)
        try:
            case.validate_response(response, checks=CHECKS)
        except (FailureGroup, AssertionError) as error:
            kinds = [type(one).__name__ for one in getattr(error, "exceptions", [error])]
            kind = f"{operation.label} {response.status_code} {', '.join(kinds)}"
            self.faults.setdefault(
                kind,
                f"as {role}: {case.as_curl_command()}\n    {response.text[:400]}\n    {str(error)[:600]}",
            )
        if response.status_code < 300 and "json" in str(response.headers.get("content-type")):
            self.remember(response.json())

    def remember(self, value: Any, depth: int = 0) -> None:
        if isinstance(value, list):
            for one in value[:5]:
                self.remember(one, depth + 1)
        if not isinstance(value, dict) or depth > 6:
            return
        for name, one in value.items():
            if isinstance(one, str | int) and not isinstance(one, bool):
                self._keep(name, one)
            else:
                self.remember(one, depth + 1)

    def _keep(self, name: str, value: str | int) -> None:
        for parameter in {name, *(key for key, names in NAMED.items() if name in names)}:
            held = self.known.setdefault(parameter, [])
            if value not in held and len(held) < MOST and str(value) and "/" not in str(value):
                held.append(value)

    def table(self) -> str:
        """Calls by role and what was answered."""
        roles = sorted({role for role, _ in self.calls})
        lines = [f"{'role':28}{'calls':>8}{'2xx':>8}{'3xx':>7}{'4xx':>8}{'5xx':>6}"]
        for role in [*roles, "all"]:
            told = Counter[int]()
            for (one, status), count in self.calls.items():
                if role in (one, "all"):
                    told[status // 100] += count
            lines.append(
                f"{role:28}{told.total():8,}"
                + "".join(f"{told[n]:{w},}" for n, w in ((2, 8), (3, 7), (4, 8), (5, 6)))
            )
        lines.append(
            f"{len(self.operations)} of {len(OPERATIONS)} operations, {len(self.faults)} kinds of fault"
        )
        return "\n".join([*lines, *(f"{kind}\n    {said}" for kind, said in sorted(self.faults.items()))])


def keys_of(city: Cast) -> dict[str, str]:
    """Every person of the cast with a key of every scope; a dispatcher with each scope alone; and those without."""
    now, every = timezone.now(), list(SCOPES)
    people = [username for username, _, _ in cast.POSTS]
    found = {one: issue_token(city.account(one), "walk", every, now) for one in people}
    found |= {
        f"dispatcher, {one}": issue_token(city.account("dispatcher"), "walk", [one], now) for one in SCOPES
    }
    return found | {NOBODY: "", STRANGER: f"gz_{secrets.token_urlsafe(32)}"}


def begun(city: Cast) -> Walks:
    """With a reported matter to begin at."""
    receipt = cast.reported()
    walks = Walks(keys_of(city))
    for name, value in (
        ("number", receipt.case_number),
        ("tracking_code", receipt.tracking_code),
        ("category", cast.LAMP),
    ):
        walks._keep(name, value or "")
    for step in ("accept", "dispatch", "start", "finish"):
        walks._keep("step", step)
    return walks


def walk(walks: Walks, data: st.DataObject, steps: Sequence[int]) -> None:
    for _ in steps:
        walks.step(data)
