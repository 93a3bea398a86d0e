"""A folder becomes a pack, or a list of what is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from gezhi.packs.checking import check
from gezhi.packs.content import sealed
from gezhi.packs.documents import MAX_BYTES, Document, Unreadable, read_document
from gezhi.packs.faults import problems_of
from gezhi.packs.files import CHANGELOG, KNOWN_FILES, FileKind, kind_of
from gezhi.packs.problems import Address, Finding, PackRefused, Problem, spoken
from gezhi.packs.shapes import Manifest, Pack, Procedure, Shape

_Of = TypeVar("_Of", bound=Shape)


@dataclass(frozen=True)
class Loaded:
    """`pack` is set only when there is no problem."""

    folder: Path
    pack: Pack | None
    problems: tuple[Problem, ...]


def load(folder: Path) -> Loaded:
    """Reads and checks everything; never raises for what the files say."""
    parts = _Parts()
    for path in _files(folder):
        _take(parts, folder, path)
    if parts.problems or parts.manifest is None:
        return Loaded(folder, None, tuple(parts.problems or _no_manifest()))
    pack = parts.pack(parts.manifest)
    problems = [parts.located(finding) for finding in check(pack)]
    problems += _changelog_problems(folder, parts.manifest)
    return Loaded(folder, None if problems else sealed(pack), tuple(problems))


def read_pack(folder: Path) -> Pack:
    """Raises PackRefused with every problem."""
    loaded = load(folder)
    if loaded.pack is None:
        raise PackRefused(loaded.problems)
    return loaded.pack


def pack_folders(root: Path) -> list[Path]:
    """Every folder below `root` that holds a pack; names that start with _ are not packs."""
    return sorted(path.parent for path in root.glob("[!_.]*/pack.yaml"))


@dataclass
class _Parts:
    """What has been read so far, and where each thing stands."""

    manifest: Manifest | None = None
    sections: dict[str, list[Shape]] = field(default_factory=dict)
    lines: dict[Address, tuple[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, section: str, items: tuple[Shape, ...]) -> int:
        """The index of the first of the items in the pack."""
        known = self.sections.setdefault(section, [])
        known.extend(items)
        return len(known) - len(items)

    def of(self, section: str, shape: type[_Of]) -> tuple[_Of, ...]:
        return tuple(item for item in self.sections.get(section, []) if isinstance(item, shape))

    def pack(self, manifest: Manifest) -> Pack:
        sections = {name: tuple(items) for name, items in self.sections.items()}
        return Pack.model_validate({"manifest": manifest, **sections})

    def located(self, finding: Finding) -> Problem:
        at = finding.address
        while at not in self.lines and len(at) > 1:
            at = at[:-1]
        file, line = self.lines.get(at, ("pack.yaml", 0))
        return Problem(file, line, spoken(finding.address), finding.what, finding.allowed)


def _files(folder: Path) -> Iterator[Path]:
    visible = (path for path in folder.rglob("*") if not path.name.startswith("."))
    return iter(sorted(path for path in visible if path.is_file()))


def _take(parts: _Parts, folder: Path, path: Path) -> None:
    name = path.relative_to(folder).as_posix()
    kind = kind_of(name)
    if name == CHANGELOG:
        return
    if kind is None:
        parts.problems.append(Problem(name, 0, "", "this file is not known in a pack", KNOWN_FILES))
        return
    try:
        document = read_document(_bytes(path))
        read = kind.shape.model_validate(document.value)
    except Unreadable as error:
        parts.problems.append(Problem(name, error.line, "", error.what, error.allowed))
    except ValidationError as error:
        parts.problems.extend(problems_of(error, kind.shape, document, name))
    else:
        _keep(parts, name, kind, read, document)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _keep(parts: _Parts, name: str, kind: FileKind, read: Shape, document: Document) -> None:
    if isinstance(read, Manifest):
        parts.manifest = read
        _note(parts, name, document, (), ("manifest",))
    elif kind.section:
        start = parts.add(kind.section, (read,))
        _note(parts, name, document, (), (kind.section, start))
        _named_as_its_key(parts, name, read, document)
    else:
        for section in type(read).model_fields:
            start = parts.add(section, getattr(read, section))
            _note_items(parts, name, document, section, start)


def _note(parts: _Parts, name: str, document: Document, under: Address, to: Address) -> None:
    for address, line in document.lines.items():
        if address[: len(under)] == under:
            parts.lines[(*to, *address[len(under) :])] = (name, line)


def _note_items(parts: _Parts, name: str, document: Document, section: str, start: int) -> None:
    for address, line in document.lines.items():
        if len(address) > 1 and address[0] == section and isinstance(address[1], int):
            parts.lines[(section, start + address[1], *address[2:])] = (name, line)


def _named_as_its_key(parts: _Parts, name: str, read: Shape, document: Document) -> None:
    stem = name.rsplit("/", 1)[-1].removesuffix(".yaml")
    if isinstance(read, Procedure) and read.key != stem:
        line = document.line_of(("key",))
        what = f"the procedure '{read.key}' stands in a file of another name"
        parts.problems.append(Problem(name, line, "key", what, f"the file procedures/{read.key}.yaml"))


def _no_manifest() -> list[Problem]:
    return [Problem("pack.yaml", 0, "", "the file is missing", "a folder with pack.yaml in it")]


def _changelog_problems(folder: Path, manifest: Manifest) -> list[Problem]:
    path = folder / CHANGELOG
    text = _bytes(path).decode(errors="replace") if path.is_file() else ""
    heading = f"## {manifest.version}"
    if heading in text.splitlines():
        return []
    return [Problem(CHANGELOG, 0, "", f"version {manifest.version} is not told", f"a line '{heading}'")]
