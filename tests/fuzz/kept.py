"""What lies on disk: tiles, models, snapshots, tables of divisions, backups."""

# ruff: noqa: E501 - a table with a parser in each row
import io
from functools import cache

from gezhi.config.keeping import manifest, records
from gezhi.lib.textmodel import storage
from gezhi.places.divisions import Division, DivisionsMissing, read_divisions
from gezhi.places.snapshot import SnapshotError
from gezhi.places.snapshot import read as read_snapshot
from gezhi.places.snapshot import write as write_snapshot
from gezhi.places.tiles import archive
from gezhi.places.tiles.pyramid import Tile
from tests.fuzz.files import FOLDER, file_of, locator
from tests.fuzz.parser import Parser
from tests.fuzz.shapes import bent

KEY = records.Key(bytes(range(32)))


@cache
def tiles_file() -> bytes:
    path = FOLDER / "seed.pmtiles"
    drawn = [Tile(zoom, 0, 0, b"\x1f\x8b" + bytes(20)) for zoom in range(3)]
    archive.write(drawn, (121.0, 29.0, 122.0, 30.0), [{"id": "a"}], path)
    return path.read_bytes()


def tiles(data: bytes) -> int:
    found = archive.Archive(file_of(data, "fuzzed.pmtiles"))
    return sum(len(found.tile(zoom, 0, 0) or b"") for zoom in range(16)) + len(found.bounds)


@cache
def model() -> bytes:
    from gezhi.lib.textmodel import TextModel

    texts = ["路灯不亮了", "灯坏了", "垃圾没有人收", "一堆垃圾"] * 5
    return storage.pack(TextModel.fit(texts, ["lamp", "lamp", "rubbish", "rubbish"] * 5))


@cache
def snapshot_files() -> dict[str, bytes]:
    write_snapshot(locator()._arrays, FOLDER / "snapshot")
    return {path.name: path.read_bytes() for path in sorted((FOLDER / "snapshot").iterdir())}


def snapshot(two: tuple[str, bytes]) -> object:
    name, data = two
    folder = FOLDER / "fuzzed-snapshot"
    folder.mkdir(exist_ok=True)
    for known, whole in snapshot_files().items():
        (folder / known).write_bytes(data if known == name else whole)
    return read_snapshot(folder)


def divisions(data: bytes) -> list[Division]:
    folder = FOLDER / "divisions"
    folder.mkdir(exist_ok=True)
    for name in ("provinces", "cities", "areas", "streets", "villages"):
        (folder / f"{name}.csv").write_bytes(data)
    return read_divisions(folder, "330200000000")


def backup(key: records.Key | None) -> bytes:
    out = io.BytesIO()
    records.Writer(out, "a", key).write(0, b"what the node holds " * 100)
    records.Writer(out, "a", key).write(2000, b"more")
    return out.getvalue()


def whole(data: bytes) -> int:
    found = 0
    for key in (None, KEY):
        try:
            found += sum(len(piece) for _, piece in records.pieces(io.BytesIO(data), "a", key))
        except (records.Damaged, records.WrongKey):
            continue
    return found + sum(records.whole_length(file_of(data, "backup")))


def backup_bombs() -> list[bytes]:
    """A record of few bytes that unpacks to many, and one of what is no packed data."""
    import hashlib
    import zlib

    made = []
    for stored in (zlib.compress(bytes(512 << 20), 9), b"no packed data"):
        digest = hashlib.blake2b(stored, digest_size=16).digest()
        made.append(records._HEAD.pack(b"GZ", 0, 0, 10, len(stored), digest) + stored)
    return made


def listed(data: bytes) -> int:
    folder = FOLDER / "cluster"
    folder.mkdir(exist_ok=True)
    (folder / manifest.NAME).write_bytes(data)
    return manifest.require_listed(folder)


def cluster_list() -> bytes:
    import hashlib

    body = b'{"PostgreSQL-Backup-Manifest-Version": 1, "Files": [],\n'
    return body + b'"Manifest-Checksum": "' + hashlib.sha256(body).hexdigest().encode() + b'"}\n'


def parsers() -> list[Parser]:
    from hypothesis import strategies as st

    packed = st.sampled_from([backup(None), backup(KEY)])
    return [
        Parser("vector tiles on disk", ("places.tiles.archive", "places.tiles.varints"), tiles, bent([tiles_file()]), (archive.ArchiveError,), raw=bytes),
        Parser("text model on disk", ("lib.textmodel.storage",), storage.unpack, bent([model()]), (ValueError,), raw=bytes),
        Parser("snapshot of places on disk", ("places.snapshot",), snapshot,
               st.sampled_from(sorted(snapshot_files())).flatmap(lambda name: st.tuples(st.just(name), bent([snapshot_files()[name]]))),
               (SnapshotError,)),
        Parser("divisions", ("places.divisions",), divisions, bent([b'code,name\n33,"a"\n3302,b\n330203,c\n']), (DivisionsMissing,), raw=bytes),
        Parser("backup records", ("config.keeping.records",), whole, packed.flatmap(lambda one: bent([one])), (), backup_bombs, raw=bytes),
        Parser("list of a backup's files", ("config.keeping.manifest",), listed, bent([cluster_list()]), (records.Damaged,), raw=bytes),
    ]  # fmt: skip
