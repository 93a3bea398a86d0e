"""An action that changes rows leaves an entry in the ledger."""

import ast
from collections import defaultdict
from pathlib import Path

from tests.house.test_only_actions_write import writes_in
from tests.house.tree import SRC, files_under, syntax_of

UNRECORDED = {
    "ledger/actions/recording.py",  # the entries themselves
    "ledger/actions/sequencing.py",  # their places in the tree
    "ledger/actions/publishing.py",  # the head of the tree over them
    "ledger/actions/vouching.py",  # what outsiders say of that head; an entry for it would need them again
    "people/actions/tries.py",  # counted so that nobody tries too often; what it amounts to is a signal
    "notices/actions.py",  # an answer follows from a step that is recorded
    "insight/actions/tallying.py",  # counts follow from events that are recorded, and can be made anew
    "sensing/actions/tallying.py",  # counts of events; what an event becomes is a report, which is recorded
    "cases/actions/readings.py",  # what a warning says; the warning is recorded
    "sensing/actions/stores.py",  # readings, and the transitions that follow from them, are a record of their own
    "sensing/actions/leaving.py",  # alarms have a table of their transitions, which are never changed
    "cases/actions/seeing.py",  # what a person has looked at is no act of the city
    "cases/actions/views.py",  # a person's own filters are no act of the city
}
RECORDS = {
    "record",
    "record_many",
    "record_decision",
    "record_signal",
}  # the last records an entry with its row
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


def silent_actions(trees: list[ast.Module]) -> list[str]:
    """Of the actions of one app: those that nothing else in it calls, that write, and that record nothing."""
    functions = [node for tree in trees for node in tree.body if isinstance(node, Function)]
    calls = {function.name: called_by(function) for function in functions}
    writing = {function.name for function in functions if list(writes_in(ast.Module([function], [])))}
    parts = set[str]().union(*calls.values())
    return [
        name
        for name in calls
        if name not in parts and not name.startswith("_")
        for reached in [reached_from(name, calls) | {name}]
        if reached & writing and not reached & RECORDS
    ]


def action_files() -> dict[str, list[Path]]:
    found = defaultdict[str, list[Path]](list)
    for path in files_under("src/gezhi"):
        inside = path.relative_to(SRC)
        if (inside.name == "actions.py" or "actions" in inside.parts) and inside.as_posix() not in UNRECORDED:
            found[inside.parts[0]].append(path)
    return found


def test_every_action_leaves_an_entry() -> None:
    silent = {
        app: silent_actions([syntax_of(path) for path in paths]) for app, paths in action_files().items()
    }
    assert not {app: names for app, names in silent.items() if names}


def test_the_rule_sees_a_silent_action() -> None:
    silent = "def open_it():\n    _write()\ndef _write():\n    Case.objects.create()\n"
    loud = silent.replace("create()", "create()\n    record('x', 'y', {})")
    assert silent_actions([ast.parse(silent)]) == ["open_it"]
    assert silent_actions([ast.parse(loud)]) == []
