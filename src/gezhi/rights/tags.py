"""The tags of all tables together: each app says what its own columns keep of people in its `personal.py`."""

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from gezhi.lib.personal import Held, Personal

NOT_HELD = Held()


@dataclass(frozen=True, slots=True)
class Tags:
    """`columns`: by "table.column", and by "folder/" of the data folder. `plain`: table -> columns that say nothing
    of anybody. `held`: by table."""

    columns: Mapping[str, Personal]
    plain: Mapping[str, frozenset[str]]
    held: Mapping[str, Held]

    def of_table(self, table: str) -> dict[str, Personal]:
        """Column -> tag."""
        return {
            column: tag
            for key, tag in self.columns.items()
            for name, _, column in [key.partition(".")]
            if name == table and column
        }

    @property
    def tables(self) -> list[str]:
        return list(dict.fromkeys(key.partition(".")[0] for key in self.columns if not key.endswith("/")))

    def holds(self, table: str) -> Held:
        return self.held.get(table, NOT_HELD)


@cache
def all_tags() -> Tags:
    """Raises ValueError when two apps tag the same column."""
    columns: dict[str, Personal] = {}
    plain: dict[str, frozenset[str]] = {}
    held: dict[str, Held] = {}
    for name, tags, others, rows in _modules():
        if twice := columns.keys() & tags.keys():
            raise ValueError(f"{name} tags again: {', '.join(sorted(twice))}")
        columns |= tags
        held |= rows
        for table, words in others.items():
            plain[table] = plain.get(table, frozenset()) | frozenset(words.split())
    return Tags(columns, plain, held)


def _modules() -> Iterator[tuple[str, dict[str, Personal], dict[str, str], dict[str, Held]]]:
    for config in apps.get_app_configs():
        if config.name.startswith("gezhi.") and module_has_submodule(config.module, "personal"):
            found = importlib.import_module(f"{config.name}.personal")
            yield config.name, found.TAGS, found.PLAIN, getattr(found, "HELD", {})
