"""What a request asks for beside its path: `$select $expand $filter $orderby $top $skip $count`, nested to any depth
that an answer can hold. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_plus

from gezhi.exchange.sensorthings.entities import ENTITIES, Entity
from gezhi.exchange.sensorthings.expressions import BadQuery, Node, parsed, parsed_order

DEFAULT_TOP: Final = 100
MOST_TOP: Final = 10_000
MOST_SKIP: Final = 100_000
MOST_EXPANDED: Final = 20
DEEPEST_EXPAND: Final = 6
OPTIONS: Final = (
    "$select", "$expand", "$filter", "$orderby", "$top", "$skip", "$count", "$resultFormat", "$skiptoken",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Of one entity. `select`: names of properties and links, in the order of the words; empty: all. `texts`: the
    options as they came, for the address of the next page."""

    entity: Entity
    select: tuple[str, ...] = ()
    expand: Mapping[str, "Asked"] = field(default_factory=dict)
    filter: Node | None = None
    orderby: tuple[tuple[Node, bool], ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    result_format: str = ""
    token: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)


def asked(entity: Entity, query: str) -> Asked:
    """`query`: what stands after the question mark, as it came. Raises BadQuery."""
    parts = (part.partition("=") for part in query.split("&") if part)
    options = [(unquote_plus(name), unquote_plus(value)) for name, _, value in parts]
    return _asked(entity, options, 0)


def _asked(entity: Entity, options: list[tuple[str, str]], depth: int) -> Asked:
    texts: dict[str, str] = {}
    for name, value in options:
        if name not in OPTIONS:
            raise BadQuery(f"{name[:40]!r} is no option. You may use: {', '.join(OPTIONS)}.")
        if name in texts:
            raise BadQuery(f"{name} stands twice.")
        texts[name] = value
    return Asked(
        entity=entity,
        select=_selected(entity, texts.get("$select", "")),
        expand=_expanded(entity, texts.get("$expand", ""), depth),
        filter=parsed(texts["$filter"]) if "$filter" in texts else None,
        orderby=tuple(parsed_order(texts["$orderby"])) if texts.get("$orderby") else (),
        top=_number(texts, "$top", MOST_TOP),
        skip=_number(texts, "$skip", MOST_SKIP, refuse=True) or 0,
        count=_truth(texts.get("$count", "false")),
        result_format=_format(texts.get("$resultFormat", "")),
        token=texts.get("$skiptoken", ""),
        texts=texts,
    )


def _number(texts: Mapping[str, str], name: str, most: int, refuse: bool = False) -> int | None:
    text = texts.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 12:
        raise BadQuery(f"{name} is {text[:20]!r}; it must be a whole number from 0.")
    if refuse and int(text) > most:
        raise BadQuery(f"{name} is at most {most}. Follow @iot.nextLink, or narrow with $filter.")
    return min(int(text), most)


def _truth(text: str) -> bool:
    if text not in ("true", "false"):
        raise BadQuery(f"$count is {text[:20]!r}; it must be true or false.")
    return text == "true"


def _format(text: str) -> str:
    if text not in ("", "dataArray"):
        raise BadQuery(f"$resultFormat {text[:20]!r} is unknown; dataArray is known.")
    return text


def _selected(entity: Entity, text: str) -> tuple[str, ...]:
    names = [_plain(name.strip()) for name in text.split(",") if name.strip()]
    known = ("id", "@iot.selfLink", *entity.named, *entity.linked)
    for name in names:
        if name not in known:
            raise BadQuery(f"{entity.name} has no {name[:40]!r} to select. It has: {', '.join(known)}.")
    return tuple(names)


def _plain(name: str) -> str:
    return "id" if name == "@iot.id" else name


def _expanded(entity: Entity, text: str, depth: int) -> dict[str, Asked]:
    """By link. `Thing/Locations` is `Thing($expand=Locations)`; links that stand twice are one."""
    if not text:
        return {}
    if depth >= DEEPEST_EXPAND:
        raise BadQuery(f"$expand is at most {DEEPEST_EXPAND} deep.")
    options: dict[str, list[tuple[str, str]]] = {}
    for part in _split(text, ","):
        name, more = _head(entity, part.strip())
        mine = options.setdefault(name, [])
        for key, value in more:
            same = [at for at, (other, _) in enumerate(mine) if other == key == "$expand"]
            if same:
                mine[same[0]] = (key, f"{mine[same[0]][1]},{value}")
            else:
                mine.append((key, value))
    found = {name: _asked(_target(entity, name), more, depth + 1) for name, more in options.items()}
    if _size(found) > MOST_EXPANDED:
        raise BadQuery(f"$expand names at most {MOST_EXPANDED} links.")
    return found


def _size(expand: Mapping[str, Asked]) -> int:
    return sum(1 + _size(one.expand) for one in expand.values())


def _target(entity: Entity, name: str) -> Entity:
    return ENTITIES[entity.linked[name].target]


def _head(entity: Entity, part: str) -> tuple[str, list[tuple[str, str]]]:
    """The link, and its options."""
    at = min((part.index(mark) for mark in "/(" if mark in part), default=len(part))
    name, rest = part[:at], part[at:]
    if name not in entity.linked:
        known = ", ".join(entity.linked)
        raise BadQuery(f"{entity.name} has no {name[:40]!r} to expand. It has: {known}.")
    if rest.startswith("/"):
        return name, [("$expand", rest[1:])]
    if not rest:
        return name, []
    if not rest.endswith(")"):
        raise BadQuery(f"The bracket after {name} in $expand does not close.")
    pairs = (option.strip().partition("=") for option in _split(rest[1:-1], ";") if option.strip())
    return name, [(key, value) for key, _, value in pairs]


def _split(text: str, mark: str) -> Iterator[str]:
    """At marks outside of brackets and quotes. Raises BadQuery."""
    depth, start, quoted = 0, 0, False
    for at, one in enumerate(text):
        if one == "'":
            quoted = not quoted
        elif not quoted and one in "()":
            depth += 1 if one == "(" else -1
            if depth < 0:
                raise BadQuery(f"A bracket closes that none opened, at character {at + 1} of {text[:40]!r}.")
        elif not quoted and one == mark and depth == 0:
            yield text[start:at]
            start = at + 1
    if depth or quoted:
        raise BadQuery(f"A bracket or a quote does not close in {text[:40]!r}.")
    yield text[start:]
