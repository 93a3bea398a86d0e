"""The backup folder.

store.json            whose it is: the database's system identifier, the name of its key
base/STAMP/           a copy of the whole database: base.tar and manifest.json
wal/SEGMENT           what the database wrote since, as far as it came
files/...             evidence, documents, uploads, keys: the data folder's files under their own names
lists/NUMBER.jsonl    size and SHA-256 of each file when it was copied
marks/NUMBER.jsonl    moments to which database and files are both complete
state.json            how far the keeper is
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from gezhi.config.keeping.journal import Journal, lines_of
from gezhi.config.keeping.records import Key, WrongKey
from gezhi.lib.durable import write_whole

FORMAT: Final = 1
_NOTES: Final = 3  # of one file
SEGMENT: Final = re.compile(r"[0-9A-F]{24}")
HISTORY: Final = re.compile(r"[0-9A-F]{8}\.history")


class NoBackup(Exception):
    """There is no backup to work with; the message says what is missing."""


class AnotherDatabase(Exception):
    """The folder keeps another database; the message names both."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A restore point in the database's log: every row before it is in the copy, and every file that one names.

    `name` of the restore point, `lsn` behind it, `at` by the database's clock."""

    name: str
    lsn: int
    timeline: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Base:
    """A copy of the database: complete from `stop_lsn` on, with the log since `start_lsn`."""

    stamp: str
    at: datetime
    timeline: int
    start_lsn: int
    stop_lsn: int
    version: int  # PostgreSQL's major version
    raw: int  # bytes of the archive before compression
    sha256: str  # of base.tar as stored
    database: str
    user: str
    segment_size: int
    settings: Mapping[str, str]  # those that recovery must not have smaller
    program: str


@dataclass(frozen=True, slots=True)
class Store:
    folder: Path
    key: Key | None = None

    @property
    def wal(self) -> Path:
        return self.folder / "wal"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def bases_folder(self) -> Path:
        return self.folder / "base"

    def open_for(self, system: str) -> bool:
        """For the database of this system identifier; whether the folder is new. Raises AnotherDatabase, WrongKey."""
        path = self.folder / "store.json"
        if path.exists():
            known = self.described()
            if known["system"] != system:
                raise AnotherDatabase(
                    f"{self.folder} keeps the database {known['system']}; this one is {system}. Name another folder."
                )
            return False
        for part in ("wal", "files", "base", "lists", "marks"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        made = {"format": FORMAT, "system": system, "key": self.key.name if self.key else ""}
        write_whole(path, json.dumps(made).encode())
        return True

    def described(self) -> dict[str, Any]:
        """Raises NoBackup, WrongKey."""
        try:
            known: dict[str, Any] = json.loads((self.folder / "store.json").read_bytes())
        except FileNotFoundError as error:
            raise NoBackup(f"{self.folder} holds no backup: it has no store.json.") from error
        if known["format"] != FORMAT:
            raise NoBackup(f"{self.folder} has the format {known['format']}; this program reads {FORMAT}.")
        given = self.key.name if self.key else ""
        if known["key"] != given:
            raise WrongKey(_which_key(self.folder, known["key"], given))
        return known

    def bases(self) -> list[Base]:
        """Those that were finished, in the order of the database's log: a clock may have been wrong."""
        paths = self.bases_folder.glob("*/manifest.json")
        found = [_base(json.loads(path.read_bytes())) for path in paths]
        return sorted(found, key=lambda base: (base.timeline, base.stop_lsn))

    def forget_marks(self, before: datetime) -> None:
        """Whole files of marks that are all older; the newest file stays."""
        for path in self._marks.paths()[:-1]:
            if all(_mark(line).at < before for line in lines_of(path)):
                path.unlink()

    def keep_base(self, base: Base) -> None:
        plain = {**asdict(base), "at": base.at.isoformat()}
        write_whole(self.bases_folder / base.stamp / "manifest.json", json.dumps(plain, indent=1).encode())

    def archive_of(self, stamp: str) -> Path:
        return self.bases_folder / stamp / "base.tar"

    def marks(self) -> Iterator[Mark]:
        """Oldest first."""
        return map(_mark, self._marks.lines())

    def last_mark(self) -> Mark | None:
        last = self._marks.last()
        return _mark(last) if last else None

    def add_mark(self, mark: Mark) -> None:
        self._marks.add({**asdict(mark), "at": mark.at.isoformat()})

    def note_file(self, name: str, size: int, sha256: str, *, safe: bool) -> None:
        """Before the copy takes its name: whatever has a name then fits one of its notes."""
        self.lists.add({"n": name, "s": size, "h": sha256}, safe=safe)

    @property
    def _marks(self) -> Journal:
        return Journal(self.folder / "marks")

    @property
    def lists(self) -> Journal:
        return Journal(self.folder / "lists")

    def state(self) -> dict[str, Any]:
        """What the keeper last said of itself; {} when it never ran."""
        try:
            state: dict[str, Any] = json.loads((self.folder / "state.json").read_bytes())
        except FileNotFoundError:
            return {}
        return state

    def say(self, state: Mapping[str, object]) -> None:
        write_whole(self.folder / "state.json", json.dumps(dict(state)).encode())

    def segments(self) -> list[str]:
        return sorted(path.name for path in self.wal.iterdir() if SEGMENT.fullmatch(path.name))


@dataclass
class Notes:
    """What the lists say of each file. A few files change in their place, and a follower may be at work or may have
    died in the middle: what is there fits one of the last notes of its name."""

    store: Store
    _read: tuple[int, int] = (-1, 0)  # lists, and bytes of the newest; -1: not read yet
    _known: dict[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)

    def fit(self, name: str, size: int, sha256: str) -> bool:
        """Also a file that no note tells of: its follower died before there were any."""
        return self._fits(name, (size, sha256)) or (self._read_again() and self._fits(name, (size, sha256)))

    def names(self) -> set[str]:
        self._read_again()
        return set(self._known)

    def _fits(self, name: str, found: tuple[int, str]) -> bool:
        return found in self._known.get(name, (found,) if self._read[0] >= 0 else ())

    def _read_again(self) -> bool:
        """Whether there was anything new."""
        paths = self.store.lists.paths()
        there = (len(paths), paths[-1].stat().st_size if paths else 0)
        if there == self._read:
            return False
        known = dict[str, tuple[tuple[int, str], ...]]()
        for one in self.store.lists.lines():
            note, before = (one["s"], one["h"]), known.get(one["n"], ())
            known[one["n"]] = before if note in before[-1:] else (*before[1 - _NOTES :], note)
        self._read, self._known = there, known
        return True


def _which_key(folder: Path, needed: str, given: str) -> str:
    if not needed:
        return f"{folder} is not sealed, but GEZHI_BACKUP_KEY_FILE names a key. Use another folder for sealed copies."
    if not given:
        return f"{folder} is sealed with the key {needed}. Name its file in GEZHI_BACKUP_KEY_FILE."
    return f"{folder} is sealed with the key {needed}; the given one is {given}."


def _mark(plain: Mapping[str, Any]) -> Mark:
    return Mark(**{**plain, "at": datetime.fromisoformat(plain["at"])})


def _base(plain: Mapping[str, Any]) -> Base:
    return Base(**{**plain, "at": datetime.fromisoformat(plain["at"])})


def lsn_of(text: str) -> int:
    """PostgreSQL's 16/B374D848 as a number."""
    high, _, low = text.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def segment_of(lsn: int, timeline: int, size: int) -> str:
    """The name of the log's segment that holds the byte before `lsn`'s."""
    number = lsn // size
    per_file = 0x100000000 // size
    return f"{timeline:08X}{number // per_file:08X}{number % per_file:08X}"
