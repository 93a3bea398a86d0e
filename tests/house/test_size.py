"""Files end at 400 lines, functions at 50."""

import ast

from tests.house.tree import files_under, functions_of, short, syntax_of

FILE_LINES = 400
FUNCTION_LINES = 50
CODE = (".py", ".ts", ".mjs", ".html", ".css", ".sh")


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def long_functions(tree: ast.Module) -> list[str]:
    return [
        f"{function.lineno}: {function.name} has {length(function)}"
        for function in functions_of(tree)
        if length(function) > FUNCTION_LINES
    ]


def test_no_file_is_longer_than_the_limit() -> None:
    lengths = {
        short(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in files_under("src", "tests", "tools", "benchmarks", "frontend", suffixes=CODE)
        if "migrations" not in path.parts
    }
    assert not {name: lines for name, lines in lengths.items() if lines > FILE_LINES}


def test_no_function_is_longer_than_the_limit() -> None:
    found = [
        f"{short(path)}:{function}"
        for path in files_under("src", "tests", "tools", "benchmarks")
        for function in long_functions(syntax_of(path))
    ]
    assert not found, f"Functions over {FUNCTION_LINES} lines:\n" + "\n".join(found)


def test_the_rule_sees_a_long_function() -> None:
    body = "    pass\n" * FUNCTION_LINES
    assert long_functions(ast.parse("def long():\n" + body))
    assert not long_functions(ast.parse("def fits():\n" + body.removesuffix("    pass\n")))
