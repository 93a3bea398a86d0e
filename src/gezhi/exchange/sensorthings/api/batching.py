"""Many requests in one body (18-088, 12, as JSON): one after the other, those of an atomicity group all or none."""

import re
from collections.abc import Mapping
from itertools import groupby
from typing import Final
from urllib.parse import unquote

import orjson
from django.db import transaction

from gezhi.cases.intake.shapes import Fault
from gezhi.exchange.rest.problems import Problem
from gezhi.exchange.sensorthings.api.serving import JSON_PATCH, Answer, Call, Service
from gezhi.exchange.sensorthings.bodies import BadBody

MOST: Final = 100
_METHODS: Final = ("get", "post", "patch", "put", "delete")
_NAME: Final = re.compile(r"[\w.\-]{1,80}")
_REFERENCE: Final = re.compile(rb'"\$([\w.\-]{1,80})"')
_ADDRESS: Final = re.compile(r"^/?\$([\w.\-]{1,80})(?=[/?]|$)")
Request = Mapping[str, object]
_NONE_DONE: Final = "Nothing was done: another request of its group failed."


def answered(service: Service, body: object, may_write: bool) -> Answer:
    """Raises BadBody for a wrong form; what a request refuses stands in its own answer."""
    requests = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(requests, list) or not 0 < len(requests) <= MOST:
        raise _bad("requests", f"A list of 1 to {MOST} requests is expected")
    seen: set[object] = set()
    for at, one in enumerate(requests):
        _check(one, at, seen)
    run = _Run(service, may_write)
    for group, members in groupby(requests, key=lambda one: one.get("atomicityGroup")):
        (run.group if group else run.each)(list(members))
    return Answer(200, {"responses": run.responses})


def _check(one: object, at: int, seen: set[object]) -> None:
    if not isinstance(one, dict) or not isinstance(one.get("id"), str) or not _NAME.fullmatch(one["id"]):
        raise _bad(f"requests[{at}].id", "A name of letters, digits, dots and dashes is expected")
    if one["id"] in seen:
        raise _bad(f"requests[{at}].id", "This name stands twice")
    seen.add(one["id"])
    if str(one.get("method", "")).lower() not in _METHODS or not isinstance(one.get("url"), str):
        raise _bad(f"requests[{at}]", f"A url and a method of {', '.join(_METHODS)} are expected")


class _Run:
    def __init__(self, service: Service, may_write: bool) -> None:
        self._service, self._may_write = service, may_write
        self._made: dict[str, str] = {}  # name of a request -> the address of what it created
        self.responses: list[dict[str, object]] = []

    def each(self, requests: list[Request]) -> None:
        for one in requests:
            self.responses.append(self._answer(one))

    def group(self, requests: list[Request]) -> None:
        done: list[dict[str, object]] = []
        made = dict(self._made)
        with transaction.atomic():
            for one in requests:
                done.append(self._answer(one))
                if int(str(done[-1]["status"])) >= 400:
                    transaction.set_rollback(True)
                    break
        failed = int(str(done[-1]["status"])) >= 400
        if failed:
            self._made = made
            problem = Problem(424, "not-done", _NONE_DONE).body()
            last = done[-1]
            done = [
                last if one["id"] == last["id"] else {"id": one["id"], "status": 424, "body": problem}
                for one in requests
            ]
        self.responses += done

    def _answer(self, one: Request) -> dict[str, object]:
        name = str(one["id"])
        try:
            with transaction.atomic():
                answer = self._service.answer(self._call(one))
        except Problem as problem:
            return {"id": name, "status": problem.status, "body": problem.body()}
        location = answer.headers.get("Location", "")
        if location:
            self._made[name] = location.removeprefix(f"{self._service.base}/")
        told: dict[str, object] = {"id": name, "status": answer.status}
        if location:
            told["location"] = location
        if answer.body is not None:
            is_json = answer.kind == "application/json"
            told["body"] = orjson.Fragment(answer.content()) if is_json else answer.content().decode()
        return told

    def _call(self, one: Request) -> Call:
        method = str(one["method"]).upper()
        if method != "GET" and not self._may_write:
            raise Problem(403, "scope", "This needs the scope sense.")
        url = str(one["url"]).removeprefix(f"{self._service.base}/")
        path, _, query = _ADDRESS.sub(self._address, url).partition("?")
        if path.strip("/") == "$batch":
            raise Problem(400, "unusable", "A batch stands in no batch.")
        body = _REFERENCE.sub(self._id, orjson.dumps(one["body"])) if "body" in one else b""
        headers = one.get("headers")
        told = headers.get("Content-Type", "") if isinstance(headers, dict) else ""
        is_patch = method == "PATCH" and isinstance(one.get("body"), list)
        return Call(method, unquote(path), query, body, JSON_PATCH if is_patch else str(told))

    def _address(self, hit: re.Match[str]) -> str:
        return self._known(hit[1])

    def _id(self, hit: re.Match[bytes]) -> bytes:
        """The number in place of "$name"; what names no request stays a text."""
        made = self._made.get(hit[1].decode())
        return made.partition("(")[2].rstrip(")").encode() if made else hit[0]

    def _known(self, name: str) -> str:
        if name not in self._made:
            detail = f"${name[:40]} is nothing that a request before this one created."
            raise Problem(424, "not-done", detail)
        return self._made[name]


def _bad(where: str, problem: str) -> BadBody:
    return BadBody([Fault(where, "", f"{problem}.")])
