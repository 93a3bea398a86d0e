"""Takes one scope filter out of the application, to see whether the matrix notices.

Every place in the source where a query is kept within what somebody may see is found by its form, so that a new query
is planted without a line here. The sources are compiled with each such expression beside what stands for it without
the filter; which of the two is asked is decided while the node runs, so all plants need one process and one town.
"""

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Final, TypeVar

T = TypeVar("T")
SOURCE: Final = Path(__file__).resolve().parents[2] / "src" / "gezhi"
SKIPPED: Final = ("demo", "lib", "locale", "places", "rules", "static", "staticfiles")
ASKED: Final = "__scope_asked__"  # builtins
WIDE: Final = "__wide__"

# A call of one of these is a filter; on its right what stands there without it.
CALLS: Final = {
    "visible": "Q()",
    "reached": "Q()",
    "seen_by": "Q()",
    "hidden_from": "frozenset()",
    "seen_places": "places()",
    "walked_places": "places()",
    "audited_places": "places()",
    "staffed_places": "places()",
    "commanded_places": "places()",
    "sight": "within()",
    "sight_at_desk": "within()",
    "may_at": "yes()",
    "sight_in": "masked()",
    "units_of": "unit_list()",
}
ATTRIBUTES: Final = {"seen_places": "places()", "handling_units": "units()"}


@dataclass(frozen=True)
class Site:
    """One filter: where it stands and what it says."""

    number: int
    file: str
    line: int
    column: int
    function: str
    said: str

    @property
    def name(self) -> str:
        return f"{self.file}:{self.line}:{self.column} {self.function}: {self.said}"

    @property
    def key(self) -> str:
        """Without the line, which others move."""
        return f"{self.file} {self.function} {self.said}"


class Finder(ast.NodeTransformer):
    """Rewrites what it finds, and keeps where."""

    def __init__(self, file: str, first: int) -> None:
        self.file, self.sites, self._first = file, list[Site](), first
        self._functions, self._loops = list[str](), list[set[str]]()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self._functions.append(node.name)
        self._loops.append(_looped(node))
        self.generic_visit(node)
        self._functions.pop()
        self._loops.pop()
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        said = ast.unparse(node)
        self.generic_visit(node)
        wide = self._wide_of(node)
        return self._doubled(node, wide, said) if wide else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        said = ast.unparse(node)
        self.generic_visit(node)
        if node.attr in ATTRIBUTES and isinstance(node.ctx, ast.Load):
            return self._doubled(node, _expression(ATTRIBUTES[node.attr]), said)
        return node

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self._units(node)

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._units(node)

    def _units(self, node: ast.SetComp | ast.ListComp) -> ast.AST:
        """{post.unit_id for post in actor.posts}"""
        said = ast.unparse(node)
        self.generic_visit(node)
        elt, source = node.elt, node.generators[0].iter
        of_posts = isinstance(source, ast.Attribute) and source.attr == "posts"
        if not (of_posts and isinstance(elt, ast.Attribute) and elt.attr == "unit_id"):
            return node
        return self._doubled(
            node, _expression("unit_list()" if isinstance(node, ast.ListComp) else "units()"), said
        )

    def _wide_of(self, node: ast.Call) -> ast.expr | None:
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if not self._functions:
            return None
        if name in CALLS and name != self._functions[-1] and _of_somebody(node):
            return _expression(CALLS[name])
        if name == "place_range" and self._of_a_post(node.args[0]):
            return _expression("range()")
        if name == "is_within" and self._of_a_post(node.args[1]):
            return _expression("yes()")
        if name == "within_places" and not isinstance(node.args[0], ast.List):
            return _expression("Q()")
        return self._everybodys(node, name)

    def _everybodys(self, node: ast.Call, name: str) -> ast.expr | None:
        """X.filter(account_id=me, ...) without whose it is."""
        if name != "filter" or not _is_read(self.file):
            return None
        mine = [one for one in node.keywords if one.arg == "account_id" and _is_account(one.value)]
        if not mine:
            return None
        rest = [one for one in node.keywords if one not in mine]
        return ast.Call(node.func, node.args, rest)

    def _of_a_post(self, value: ast.expr) -> bool:
        """post.place_code, or what a loop over places of posts goes through."""
        name = value.value if isinstance(value, ast.Attribute) and value.attr == "place_code" else value
        if not isinstance(name, ast.Name):
            return False
        if name is not value and name.id in ("post", "p", "judge"):
            return True
        return (
            any(name.id in names for names in self._loops)
            or (self.file, self._functions[-1], name.id) in PASSED_IN
        )

    def _doubled(self, node: ast.expr, wide: ast.expr, said: str) -> ast.AST:
        number = self._first + len(self.sites)
        where = (node.lineno, node.col_offset)
        self.sites.append(Site(number, self.file, *where, ".".join(self._functions) or "<module>", said))
        call = ast.Call(ast.Name(ASKED, ast.Load()), [ast.Constant(number), _lambda(node), _lambda(wide)], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))


# A bound that came as a parameter, of a function that is asked for each post.
PASSED_IN: Final = {("cases/queries/inbox.py", "_of_post", "place")}


def _looped(function: ast.FunctionDef) -> set[str]:
    """Names that a loop over somebody's places binds: what it goes through says places, posts, opened or allowed."""
    found = set[str]()
    for node in ast.walk(function):
        if isinstance(node, ast.For | ast.comprehension):
            said = ast.unparse(node.iter)
            if isinstance(node.target, ast.Name) and any(
                word in said
                for word in ("places", "posts", "opened", "allowed", "commanded", "giving", "judges", "reach")
            ):
                found.add(node.target.id)
    return found


def _of_somebody(node: ast.Call) -> bool:
    """Whoever asks is the object of the call, or what it is given."""
    said = ast.unparse(node)
    return any(word in said for word in ("actor", "reader", "_staff(", "_allowed("))


def _is_read(file: str) -> bool:
    return any(part in file for part in ("/queries", "/views", "/api/"))


def _is_account(value: ast.expr) -> bool:
    return (isinstance(value, ast.Name) and value.id == "account_id") or (
        isinstance(value, ast.Attribute) and value.attr == "account_id"
    )


def _expression(text: str) -> ast.expr:
    return ast.parse(f"{WIDE}.{text}" if "frozenset" not in text else text, mode="eval").body


def _lambda(body: ast.expr) -> ast.Lambda:
    none = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    return ast.Lambda(none, body)


class Plants:
    """`planted`: the filters that are out; `hit`: those that were asked since it was last emptied."""

    def __init__(self) -> None:
        self.planted, self.hit = set[int](), set[int]()

    def asked(self, number: int, real: Callable[[], T], wide: Callable[[], T]) -> T:
        self.hit.add(number)
        return wide() if number in self.planted else real()


class Wide:
    """What stands in the place of a filter: nothing is kept away. Django is imported when it is asked."""

    def Q(self) -> object:  # noqa: N802
        from django.db.models import Q

        return Q()

    def places(self) -> list[str]:
        return ["330000000000"]

    def range(self) -> tuple[str, str]:
        return "", ":"

    def yes(self) -> bool:
        return True

    def units(self) -> frozenset[int]:
        return frozenset(self.unit_list())

    def unit_list(self) -> list[int]:
        from gezhi.people.models import Unit

        return sorted(Unit.objects.values_list("id", flat=True))

    def within(self) -> object:
        from gezhi.insight.queries.figures import Within

        return Within(units=self.unit_list(), places=self.places())

    def masked(self) -> object:
        from gezhi.cases.contact import Sight

        return Sight.MASKED


PLANTS: Final = Plants()


def sites() -> list[Site]:
    """Every filter of the source, in the order of files and lines."""
    return [site for _, found, _ in _rewritten() for site in found]


def _rewritten() -> Iterator[tuple[Path, Sequence[Site], ast.Module]]:
    number = 1
    for path in sorted(SOURCE.rglob("*.py")):
        inside = path.relative_to(SOURCE)
        if inside.parts[0] in SKIPPED or "migrations" in inside.parts:
            continue
        finder = Finder(str(inside), number)
        tree = finder.visit(ast.parse(path.read_text()))
        number += len(finder.sites)
        yield path, finder.sites, tree


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        return self._code


class _Hook(importlib.abc.MetaPathFinder):
    def __init__(self, codes: dict[str, CodeType]) -> None:
        self._codes = codes

    def find_spec(self, name, path=None, target=None):  # type: ignore[no-untyped-def]
        if not name.startswith("gezhi"):
            return None
        found = importlib.machinery.PathFinder.find_spec(name, path, target)
        if found is None or found.origin not in self._codes:
            return found
        loader = _Loader(name, found.origin, self._codes[found.origin])
        return importlib.util.spec_from_file_location(
            name, found.origin, loader=loader, submodule_search_locations=found.submodule_search_locations
        )


def install() -> list[Site]:
    """From now on the application is loaded so that its filters can be taken out. Nothing of it may be loaded yet."""
    import builtins

    early = [
        name for name in sys.modules if name.startswith("gezhi.") and not name.startswith("gezhi.config")
    ]
    if early:
        raise RuntimeError(f"Loaded too early: {', '.join(early[:5])}")
    setattr(builtins, ASKED, PLANTS.asked)
    setattr(builtins, WIDE, Wide())
    codes, found = {}, list[Site]()
    for path, these, tree in _rewritten():
        found += these
        if these:
            codes[str(path)] = compile(tree, str(path), "exec")
    sys.meta_path.insert(0, _Hook(codes))
    return found
