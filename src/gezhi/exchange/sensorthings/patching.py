"""JSON Patch (RFC 6902) on the body of an entity. Pure."""

import copy
from collections.abc import Mapping
from typing import Final

from gezhi.cases.intake.shapes import Fault
from gezhi.exchange.sensorthings.bodies import BadBody

MOST: Final = 1000  # operations
_OPERATIONS: Final = ("add", "remove", "replace", "move", "copy", "test")
_NONE: Final = object()


def patched(body: Mapping[str, object], operations: object) -> dict[str, object]:
    """The members that become other ones; None stands for one that is removed. Raises BadBody."""
    if not isinstance(operations, list) or len(operations) > MOST:
        raise _bad(0, f"A JSON Patch is a list of at most {MOST} operations")
    root: object = copy.deepcopy(dict(body))
    for at, one in enumerate(operations):
        root = _applied(root, one, at)
    if not isinstance(root, dict):
        raise _bad(0, "The patch leaves no object")
    gone = {name: None for name in body if name not in root}
    return gone | {name: value for name, value in root.items() if name not in body or body[name] != value}


def _applied(root: object, one: object, at: int) -> object:
    op = one.get("op") if isinstance(one, dict) else None
    if not isinstance(one, dict) or op not in _OPERATIONS:
        raise _bad(at, f"An operation has an op of {', '.join(_OPERATIONS)}")
    path = _pointer(one.get("path"), at)
    if op in ("add", "replace", "test") and "value" not in one:
        raise _bad(at, f"{op} needs a value")
    if op in ("move", "copy"):
        origin = _pointer(one.get("from"), at)
        value = copy.deepcopy(_get(root, origin, at))
        if op == "move":
            if path[: len(origin)] == origin and path != origin:
                raise _bad(at, "A value cannot move into itself")
            root = _without(root, origin, at)
        return _with(root, path, value, at, add=True)
    if op == "test":
        if _get(root, path, at) != one["value"]:
            raise _bad(at, f"{one['path']} is not what the test says")
        return root
    if op == "remove":
        return _without(root, path, at)
    if op == "replace":
        _get(root, path, at)
    return _with(root, path, one["value"], at, add=op == "add")


def _pointer(path: object, at: int) -> list[str]:
    if not isinstance(path, str) or (path and not path.startswith("/")) or path.count("/") > 32:
        raise _bad(at, "A path is a JSON pointer such as /properties/kind")
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _index(holder: list[object], part: str, at: int, end: int) -> int:
    if not (part.isascii() and part.isdigit()) or len(part) > 9 or int(part) > end:
        raise _bad(at, f"{part[:20]!r} is no place in a list of {len(holder)}")
    return int(part)


def _get(root: object, path: list[str], at: int) -> object:
    for part in path:
        found: object = _NONE
        if isinstance(root, dict):
            found = root.get(part, _NONE)
        elif isinstance(root, list):
            found = root[_index(root, part, at, len(root) - 1)]
        if found is _NONE:
            raise _bad(at, f"There is no {part[:40]!r}")
        root = found
    return root


def _without(root: object, path: list[str], at: int) -> object:
    if not path:
        raise _bad(at, "The whole entity cannot be removed by a patch; DELETE it")
    holder = _get(root, path[:-1], at)
    _get(holder, path[-1:], at)
    if isinstance(holder, dict):
        del holder[path[-1]]
    elif isinstance(holder, list):
        del holder[int(path[-1])]
    return root


def _with(root: object, path: list[str], value: object, at: int, add: bool) -> object:
    if not path:
        return value
    holder, last = _get(root, path[:-1], at), path[-1]
    if isinstance(holder, dict):
        holder[last] = value
    elif isinstance(holder, list) and add:
        holder.insert(len(holder) if last == "-" else _index(holder, last, at, len(holder)), value)
    elif isinstance(holder, list):
        holder[_index(holder, last, at, len(holder) - 1)] = value
    else:
        raise _bad(at, f"There is nothing to put {last[:40]!r} into")
    return root


def _bad(at: int, problem: str) -> BadBody:
    return BadBody([Fault(f"[{at}]", "", f"{problem}.")])
