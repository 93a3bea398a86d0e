"""Refusals as RFC 9457 problem documents: what, where, what is possible instead. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from gezhi.cases.intake.shapes import Fault

CONTENT_TYPE = "application/problem+json"


@dataclass
class Problem(Exception):
    """`code` is stable, `detail` for people. `more`: members of this problem alone, e.g. the newer state.

    Not frozen: whatever it passes through on its way out writes its traceback into it."""

    status: int
    code: str
    detail: str
    errors: Sequence[Fault] = ()
    more: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, object]:
        errors = [{"field": one.field, "value": one.value, "problem": one.problem} for one in self.errors]
        plain: dict[str, object] = {
            "type": f"urn:gezhi:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        return {**plain, "errors": errors, **self.more}


def faults_of(problems: Sequence[Mapping[str, object]]) -> list[Fault]:
    """The mistakes that pydantic found, as faults."""
    return [_fault(problem) for problem in problems[:100]]


def _fault(problem: Mapping[str, object]) -> Fault:
    where = problem.get("loc")
    parts = [str(part) for part in where] if isinstance(where, tuple | list) else []
    return Fault(".".join(parts[-3:])[:120], _shown(problem.get("input")), str(problem.get("msg", ""))[:300])


def _shown(value: object) -> str:
    return (
        str(value)[:200].encode("utf-8", "backslashreplace").decode()
        if isinstance(value, str | int | float)
        else ""
    )
