"""Rows change in actions (and in migrations), nowhere else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import SRC, files_under, short, syntax_of

ALWAYS_WRITES = {
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "acreate",
    "asave",
    "adelete",
}
WRITES_ON_ROWS = {"create", "update", "delete"}
ROWS = {"objects", "filter", "exclude", "all", "select_for_update", "using"}
WRITERS = {"insert_rows", "insert_arrays"}  # lib/rows.py holds the writing statements below the actions
DOORS = {("lib", "rows.py"), ("cases", "intake", "rows.py"), ("config", "walls.py")}
WRITING_SQL = re.compile(r"^\s*(INSERT INTO|DELETE FROM|UPDATE \S+ SET|TRUNCATE|COPY \S+ .*FROM STDIN)", re.S)


def may_write(path: Path) -> bool:
    inside = path.relative_to(SRC).parts
    return inside in DOORS or "migrations" in inside or "actions" in inside or inside[-1] == "actions.py"


def is_about_rows(receiver: ast.expr) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr in ROWS for node in ast.walk(receiver))


def is_write(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id in WRITERS
    if not isinstance(call.func, ast.Attribute):
        return False
    name, receiver = call.func.attr, call.func.value
    if name == "save":
        return not call.args  # a picture or a workbook is saved *to* something
    return name in ALWAYS_WRITES or (name in WRITES_ON_ROWS and is_about_rows(receiver))


def writes_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and is_write(node):
            yield node.lineno, ast.unparse(node.func)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and WRITING_SQL.match(node.value):
            yield node.lineno, node.value.strip().splitlines()[0]


def test_only_actions_write() -> None:
    found = [
        f"{short(path)}:{line}: {what}"
        for path in files_under("src/gezhi")
        if not may_write(path)
        for line, what in writes_in(syntax_of(path))
    ]
    assert not found, "These write outside an action:\n" + "\n".join(found)


def test_the_rule_sees_a_write_and_lets_reading_pass() -> None:
    writing = [
        "case.save()",
        "Case.objects.filter(a=1).update(b=2)",
        "Case.objects.create()",
        "x.bulk_create(r)",
    ]
    writing.append("insert_rows('cases_case', columns, rows)")
    writing.append("cursor.execute('INSERT INTO cases_case VALUES (1)')")
    reading = ["seen.update(more)", "image.save(buffer, format='JPEG')", "Case.objects.filter(a=1).first()"]
    assert all(list(writes_in(ast.parse(line))) for line in writing)
    assert not any(list(writes_in(ast.parse(line))) for line in reading)
