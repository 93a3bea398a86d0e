"""Every queue that a job is deferred to is worked: the worker names no queue, so it takes them all."""

import ast

from tests.house.tree import SRC, syntax_of

NARROWING = {"-q", "--queues", "queues"}


def narrows(tree: ast.Module) -> bool:
    constants = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return any(isinstance(value, str) and value.split("=")[0] in NARROWING for value in constants)


def test_the_worker_takes_every_queue() -> None:
    assert not narrows(syntax_of(SRC / "config/serving.py"))


def test_the_rule_sees_a_worker_that_takes_some_queues() -> None:
    assert narrows(ast.parse("call_command('procrastinate', 'worker', '--queues=notices')"))
