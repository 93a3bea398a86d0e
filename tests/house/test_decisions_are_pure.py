"""A noun module decides; it knows neither Django nor the clock."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import SRC, files_under, short, syntax_of

CITY_APPS = {
    *("ledger", "notices", "people", "places", "packs", "cases", "exchange", "insight", "rounds", "sensing"),
    *("portal", "field", "desk"),
}
DJANGO_NAMES = {
    *("models", "queries", "actions", "api", "views", "tasks", "admin", "cli", "urls", "apps", "forms"),
    *("access", "management", "migrations", "templatetags", "middleware", "context"),
}
SHELLS = {
    "cases/world.py",  # what a process keeps in memory of the database
    "cases/photos.py",  # the folder of evidence
    "cases/papers.py",  # the folder of issued documents
    *(  # what stands between a browser and an account
        f"people/signing_in/{name}.py"
        for name in (
            *("adapters", "counting", "entering", "gate", "passkeys", "passwords", "provider", "sealing"),
            *("store", "trying"),
        )
    ),
    "sensing/gathering.py",  # the thread that writes
    *(
        f"exchange/feeds/{name}.py" for name in ("process", "taking", "ticking")
    ),  # the process that hears devices
    "exchange/hj212/serving.py",  # the server of devices
    "exchange/mqtt/client.py",  # the line to the broker
    *(f"exchange/feeds/{name}.py" for name in ("process", "taking", "ticking")),  # the process that hears
    *(
        f"cases/intake/{name}.py" for name in ("door", "edge", "gate", "lookups", "rows")
    ),  # the action of intake
}
CLOCK = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("timezone", "now"),
}


def is_noun(path: Path) -> bool:
    inside = path.relative_to(SRC).with_suffix("").parts
    if path.relative_to(SRC).as_posix() in SHELLS:
        return False
    return inside[0] in CITY_APPS and not DJANGO_NAMES.intersection(inside[1:])


def impurities(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (
                (node.lineno, name.name) for name in node.names if name.name.split(".")[0] == "django"
            )
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "django":
            yield node.lineno, node.module or ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if (name, node.func.attr) in CLOCK:
                yield node.lineno, f"{name}.{node.func.attr}()"


def test_nouns_know_neither_django_nor_the_clock() -> None:
    found = [
        f"{short(path)}:{line}: {what}"
        for path in files_under("src/gezhi")
        if is_noun(path)
        for line, what in impurities(syntax_of(path))
    ]
    assert not found, "Decisions that reach outside:\n" + "\n".join(found)


def test_the_rule_sees_django_and_the_clock() -> None:
    assert list(impurities(ast.parse("from django.db import models")))
    assert list(impurities(ast.parse("import datetime\nnow = datetime.datetime.now()")))
    assert not list(impurities(ast.parse("from datetime import datetime\ndef due(now: datetime): ...")))
