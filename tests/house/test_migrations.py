"""Migrations are numbered 0001, 0002, ... with no gap and no twin."""

from pathlib import Path

from tests.house.tree import SRC


def numbering_faults(names: list[str]) -> list[str]:
    expected = (f"{number:04}" for number in range(1, len(names) + 1))
    return [
        f"{name}: expected {number}_"
        for name, number in zip(sorted(names), expected, strict=True)
        if name[:4] != number
    ]


def migrations_in(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("*.py") if path.name != "__init__.py"]


def test_migrations_are_numbered_without_gaps() -> None:
    faults = {str(folder): numbering_faults(migrations_in(folder)) for folder in SRC.glob("*/migrations")}
    assert not {folder: names for folder, names in faults.items() if names}


def test_the_rule_sees_a_gap_and_a_twin() -> None:
    assert numbering_faults(["0001_initial.py", "0003_more.py"])
    assert numbering_faults(["0001_initial.py", "0001_other.py"])
    assert not numbering_faults(["0002_more.py", "0001_initial.py"])
