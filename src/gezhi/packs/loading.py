"""A folder becomes a pack, or a list of what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from gezhi.packs.checking import check
from gezhi.packs.content import sealed
from gezhi.packs.documents import MAX_BYTES, Document, Unreadable, read_document
from gezhi.packs.faults import problems_of
from gezhi.packs.files import CHANGELOG, KNOWN_FILES, FileKind, kind_of
from gezhi.packs.flattening import flattened
from gezhi.packs.problems import Address, Finding, PackRefused, Problem, one_of, spoken
from gezhi.packs.shapes import DocumentTemplate, Manifest, Pack, Procedure, Shape

_Of = TypeVar("_Of", bound=Shape)


@dataclass(frozen=True)
class Loaded:
    """`pack` is set only when there is no problem. `needed`: by name, every pack that it needs."""

    folder: Path
    pack: Pack | None
    problems: tuple[Problem, ...]
    needed: Mapping[str, Pack] = field(default_factory=dict)


class Shelf:
    """Folders of packs, each read once. A needed pack is looked for beside the one that needs it, then in `roots`."""

    def __init__(self, roots: Iterable[Path] = ()) -> None:
        self._roots = tuple(roots)
        self._loaded: dict[Path, Loaded] = {}
        self._reading: list[Path] = []

    def load(self, folder: Path) -> Loaded:
        """Reads and checks everything; never raises for what the files say."""
        path = folder.resolve()
        if path not in self._loaded:
            self._reading.append(path)
            self._loaded[path] = self._read(folder)
            self._reading.pop()
        return self._loaded[path]

    def _read(self, folder: Path) -> Loaded:
        parts = _Parts()
        for path in _files(folder):
            _take(parts, folder, path)
        if parts.problems or parts.manifest is None:
            return Loaded(folder, None, tuple(parts.problems or _no_manifest()))
        found, findings = self._needed(folder, parts.manifest)
        if findings:
            return Loaded(folder, None, tuple(parts.located(finding) for finding in findings))
        return _whole(folder, parts, parts.pack(parts.manifest), found)

    def _needed(self, folder: Path, manifest: Manifest) -> tuple[dict[str, Pack], list[Finding]]:
        near: dict[str, Pack] = {}
        far: dict[str, Pack] = {}
        findings: list[Finding] = []
        for name, version in manifest.needs.items():
            one = self._one(folder, name)
            finding = _need_finding(name, version, one, _names(folder.parent, *self._roots) - {manifest.name})
            if isinstance(one, Loaded) and one.pack is not None and finding is None:
                near[name] = one.pack
                far |= one.needed
            findings += [finding] if finding else []
        return {**near, **{name: pack for name, pack in far.items() if name not in near}}, findings

    def _one(self, folder: Path, name: str) -> Loaded | str | None:
        for root in (folder.parent, *self._roots):
            path = root / name
            if path.resolve() in self._reading:
                return "goes round"
            if (path / "pack.yaml").is_file():
                return self.load(path)
        return None


def load(folder: Path, roots: Iterable[Path] = ()) -> Loaded:
    """One folder; see Shelf for several."""
    return Shelf(roots).load(folder)


def read_pack(folder: Path, roots: Iterable[Path] = ()) -> Pack:
    """Raises PackRefused with every problem."""
    loaded = load(folder, roots)
    if loaded.pack is None:
        raise PackRefused(loaded.problems)
    return loaded.pack


def _whole(folder: Path, parts: "_Parts", written: Pack, needed: Mapping[str, Pack]) -> Loaded:
    flat = flattened(written, needed)
    findings = flat.findings or [flat.as_written(finding) for finding in check(flat.pack, needed)]
    problems = [parts.located(finding) for finding in findings]
    problems += _changelog_problems(folder, written.manifest)
    return Loaded(folder, None if problems else sealed(flat.pack), tuple(problems), needed)


def _need_finding(name: str, version: str, one: Loaded | str | None, known: set[str]) -> Finding | None:
    at = ("manifest", "needs", name)
    if one is None or (isinstance(one, Loaded) and one.pack and one.pack.manifest.name != name):
        return Finding(at, f"there is no pack '{name}'", one_of(name, known))
    if isinstance(one, str):
        return Finding(at, f"'{name}' needs this pack in turn", "packs that do not need this one")
    if one.pack is None:
        return Finding(at, f"the needed pack '{name}' has problems of its own", f"mend {name} first")
    lies = one.pack.manifest.version
    if lies != version:
        return Finding(at, f"version {version} of '{name}' is not here", f"{lies}, which lies in {name}")
    return None


def _names(*roots: Path) -> set[str]:
    return {folder.name for root in roots for folder in pack_folders(root)}


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
    if isinstance(read, Procedure | DocumentTemplate) and read.key != stem:
        line, folder = document.line_of(("key",)), name.split("/", maxsplit=1)[0]
        what = f"'{read.key}' stands in a file of another name"
        parts.problems.append(Problem(name, line, "key", what, f"the file {folder}/{read.key}.yaml"))


def _no_manifest() -> list[Problem]:
    return [Problem("pack.yaml", 0, "", "the file is missing", "a folder with pack.yaml in it")]


def _changelog_problems(folder: Path, manifest: Manifest) -> list[Problem]:
    path = folder / CHANGELOG
    text = _bytes(path).decode(errors="replace") if path.is_file() else ""
    heading = f"## {manifest.version}"
    if heading in text.splitlines():
        return []
    return [Problem(CHANGELOG, 0, "", f"version {manifest.version} is not told", f"a line '{heading}'")]
