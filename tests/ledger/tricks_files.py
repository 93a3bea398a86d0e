"""What somebody could do to a log's files. Each takes the folder and chance, does it, and says what it did."""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gezhi.ledger import notes
from gezhi.ledger.entries import leaf_hash
from gezhi.ledger.folder import LogFolder
from gezhi.ledger.tiles import BUNDLE, WIDTH, Edge, Tile, bodies_in, bundle_of, tile_at, width_in

Trick = Callable[[LogFolder, Random], str]


def head_of(log: LogFolder) -> notes.Checkpoint:
    return notes.parse_checkpoint(notes.parse_note(log.text("checkpoint")).text)


def _bundles(log: LogFolder) -> list[Tile]:
    """Those that the checkpoint stands over."""
    size = head_of(log).size
    return [Tile(BUNDLE, n, width_in(BUNDLE, n, size)) for n in range(-(-size // WIDTH))]


def _bodies(log: LogFolder, tile: Tile) -> list[bytes]:
    return bodies_in((log.path / tile.address).read_bytes(), tile.width)


def _write(log: LogFolder, tile: Tile, bodies: list[bytes]) -> None:
    (log.path / tile.address).write_bytes(bundle_of(bodies))


def flipped(data: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]


def a_byte_of_a_body(log: LogFolder, chance: Random) -> str:
    tile = chance.choice(_bundles(log))
    bodies = _bodies(log, tile)
    at = chance.randrange(len(bodies))
    bodies[at] = flipped(bodies[at], chance)
    _write(log, tile, bodies)
    return f"a byte of body {at} in {tile.address}"


def a_fact_of_a_body(log: LogFolder, chance: Random) -> str:
    """Another number, name or hash, in a body that is as well formed as before."""
    tile = chance.choice(_bundles(log))
    bodies = _bodies(log, tile)
    at = chance.randrange(len(bodies))
    told = json.loads(bodies[at])
    told["facts"]["account"] = chance.randrange(2**31)
    bodies[at] = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    _write(log, tile, bodies)
    return f"the account of body {at} in {tile.address}"


def the_clock_of_a_body(log: LogFolder, chance: Random) -> str:
    tile = chance.choice(_bundles(log))
    bodies = _bodies(log, tile)
    at = chance.randrange(len(bodies))
    bodies[at] = later(bodies[at], chance)
    _write(log, tile, bodies)
    return f"the clock of body {at} in {tile.address}"


def later(body: bytes, chance: Random) -> bytes:
    """Said a second to a year before or after it was."""
    told = json.loads(body)
    shift = timedelta(seconds=chance.choice([-1, 1]) * chance.randint(1, 31_536_000))
    at = datetime.fromisoformat(told["at"]) + shift
    told["at"] = at.isoformat(timespec="microseconds")
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def the_order_of_two(log: LogFolder, chance: Random) -> str:
    """Of one bundle or of two."""
    first, second = chance.choice(_bundles(log)), chance.choice(_bundles(log))
    bodies = {first: _bodies(log, first), second: _bodies(log, second)}
    one, other = chance.randrange(first.width), chance.randrange(second.width)
    if bodies[first][one] == bodies[second][other]:
        return the_order_of_two(log, chance)
    bodies[first][one], bodies[second][other] = bodies[second][other], bodies[first][one]
    for tile, written in bodies.items():
        _write(log, tile, written)
    return f"entries {one} of {first.address} and {other} of {second.address} change places"


def an_entry_goes(log: LogFolder, chance: Random) -> str:
    tile = chance.choice(_bundles(log))
    bodies = _bodies(log, tile)
    del bodies[(at := chance.randrange(len(bodies)))]
    _write(log, tile, bodies)
    return f"body {at} of {tile.address} goes"


def an_entry_is_put_in(log: LogFolder, chance: Random) -> str:
    tile = chance.choice(_bundles(log))
    bodies = _bodies(log, tile)
    bodies.insert(at := chance.randrange(len(bodies) + 1), chance.choice(bodies))
    _write(log, tile, bodies)
    return f"a body is put in before {at} of {tile.address}"


def a_file_goes(log: LogFolder, chance: Random) -> str:
    """One that the checkpoint stands over: of a partial tile that another replaced nothing is lost."""
    size = head_of(log).size
    tiles = [tile for path in _files(log) if (tile := tile_at(_name(log, path)))]
    needed = [tile for tile in tiles if tile.width == width_in(tile.level, tile.number, size)]
    tile = chance.choice(needed)
    (log.path / tile.address).unlink()
    return f"{tile.address} goes"


def _files(log: LogFolder) -> list[Path]:
    return sorted(path for path in (log.path / "tile").rglob("*") if path.is_file())


def _name(log: LogFolder, path: Path) -> str:
    return path.relative_to(log.path).as_posix()


def a_byte_of_a_tile(log: LogFolder, chance: Random) -> str:
    path = chance.choice([path for path in _files(log) if "/entries/" not in str(path)])
    path.write_bytes(flipped(path.read_bytes(), chance))
    return f"a byte of {_name(log, path)}"


def a_file_is_cut_or_grows(log: LogFolder, chance: Random) -> str:
    path = chance.choice(_files(log))
    data = path.read_bytes()
    path.write_bytes(chance.choice([data[:-1], data[:-32], data + b"\0", data + bytes(32), b""]))
    return f"{_name(log, path)} has {path.stat().st_size} bytes instead of {len(data)}"


def two_tiles_change_places(log: LogFolder, chance: Random) -> str:
    files = [path for path in _files(log) if "/entries/" not in str(path)]
    one, other = chance.sample(files, 2)
    first, second = one.read_bytes(), other.read_bytes()
    if first == second:
        return two_tiles_change_places(log, chance)
    one.write_bytes(second)
    other.write_bytes(first)
    return f"{_name(log, one)} and {_name(log, other)} change places"


def the_size_of_the_checkpoint(log: LogFolder, chance: Random) -> str:
    head = head_of(log)
    size = chance.choice([head.size + chance.randint(1, 300), chance.randrange(head.size), 10**17])
    return _checkpoint(log, f"\n{head.size}\n", f"\n{size}\n", "size")


def the_root_of_the_checkpoint(log: LogFolder, chance: Random) -> str:
    root = head_of(log).root
    return _checkpoint(log, _base64(root), _base64(flipped(root, chance)), "root")


def the_name_in_the_checkpoint(log: LogFolder, chance: Random) -> str:
    return _checkpoint(log, head_of(log).origin + "\n", f"another/log{chance.randrange(9)}\n", "name")


def the_signature_of_the_checkpoint(log: LogFolder, chance: Random) -> str:
    line = notes.parse_note(log.text("checkpoint")).signatures[0]
    forged = notes.Signature(line.name, line.key_id, flipped(line.blob, chance))
    return _checkpoint(log, line.line(), forged.line(), "signature")


def _checkpoint(log: LogFolder, said: str, says: str, what: str) -> str:
    text = log.text("checkpoint")
    assert said in text
    (log.path / "checkpoint").write_text(text.replace(said, says, 1))
    return f"the checkpoint's {what}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def the_checkpoint_goes(log: LogFolder, chance: Random) -> str:
    (log.path / "checkpoint").write_text(chance.choice(["", "\n", log.text("checkpoint").split("\n\n")[0]]))
    return "the checkpoint is cut"


def everything_is_made_anew(log: LogFolder, chance: Random) -> str:
    """A fact or a time is changed, every tile and the root recomputed, and a key of the same name signs."""
    size, origin = head_of(log).size, head_of(log).origin
    bodies = [body for tile in _bundles(log) for body in _bodies(log, tile)]
    at = chance.randrange(size)
    bodies[at] = later(bodies[at], chance)
    for path in _files(log):
        path.unlink()
    edge = Edge(0)
    for begin in range(0, size, WIDTH):
        some = bodies[begin : begin + WIDTH]
        log.write(Tile(BUNDLE, begin // WIDTH, len(some)), bundle_of(some))
    for tile, data in edge.add(b"".join(map(leaf_hash, bodies))):
        log.write(tile, data)
    forger = notes.Ed25519Signer(origin, Ed25519PrivateKey.from_private_bytes(chance.randbytes(32)))
    head = notes.Checkpoint(origin, size, edge.root())
    signed = notes.signed(head, [forger], 1)
    if chance.random() < 0.5:  # or the old signature stays
        signed = notes.Note(head.text(), notes.parse_note(log.text("checkpoint")).signatures)
    (log.path / "checkpoint").write_text(signed.written())
    return f"the clock of entry {at}, and everything above it made anew"


FILE_TRICKS: dict[str, tuple[Trick, ...]] = {
    "row": (a_byte_of_a_body, a_fact_of_a_body, an_entry_is_put_in),
    "order": (the_order_of_two,),
    "deletion": (an_entry_goes, a_file_goes),
    "tile": (a_byte_of_a_tile, a_file_is_cut_or_grows, two_tiles_change_places),
    "checkpoint": (
        the_size_of_the_checkpoint,
        the_root_of_the_checkpoint,
        the_name_in_the_checkpoint,
        the_signature_of_the_checkpoint,
        the_checkpoint_goes,
    ),
    "clock": (the_clock_of_a_body, everything_is_made_anew),
}
