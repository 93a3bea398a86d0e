"""An action that changes rows leaves an entry in the ledger."""

import ast

from tests.house.test_only_actions_write import writes_in
from tests.house.tree import files_under, short, syntax_of

RECORDS = {"record", "record_many"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def called_by(function: Function) -> set[str]:
    return {
        node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)
    }


def reached_from(name: str, calls: dict[str, set[str]]) -> set[str]:
    reached, waiting = set[str](), [name]
    while waiting:
        for other in calls.get(waiting.pop(), set()) - reached:
            reached.add(other)
            waiting.append(other)
    return reached


def silent_actions(tree: ast.Module) -> list[str]:
    """Public functions that write, themselves or through a neighbour in the module, and record nothing."""
    functions = [node for node in tree.body if isinstance(node, Function)]
    calls = {function.name: called_by(function) for function in functions}
    writing = {function.name for function in functions if list(writes_in(ast.Module([function], [])))}
    return [
        function.name
        for function in functions
        if not function.name.startswith("_")
        for reached in [reached_from(function.name, calls) | {function.name}]
        if reached & writing and not reached & RECORDS
    ]


def test_every_action_leaves_an_entry() -> None:
    silent = [
        f"{short(path)}: {name}"
        for path in files_under("src/gezhi")
        if (path.name == "actions.py" or "actions" in path.parts) and "ledger" not in path.parts
        for name in silent_actions(syntax_of(path))
    ]
    assert not silent, "These change rows and record nothing:\n" + "\n".join(silent)


def test_the_rule_sees_a_silent_action() -> None:
    silent = "def open_it():\n    _write()\ndef _write():\n    Case.objects.create()\n"
    assert silent_actions(ast.parse(silent)) == ["open_it"]
    assert silent_actions(ast.parse(silent.replace("create()", "create()\n    record('x', 'y', {})"))) == []
