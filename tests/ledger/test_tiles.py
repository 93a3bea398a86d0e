"""Tiles and bundles: addresses and bytes by c2sp.org/tlog-tiles, with the numbers of its own text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.ledger.entries import leaf_hash
from gezhi.ledger.tiles import (
    BUNDLE,
    WIDTH,
    BadBundle,
    Edge,
    Tile,
    bodies_in,
    bundle_of,
    edge_of,
    levels_of,
    tile_at,
    tiles_of,
    top_of,
    width_in,
)
from gezhi.ledger.tree import root_of
from gezhi.ledger.verifying import leaves_in


def leaves(count: int) -> bytes:
    return b"".join(leaf_hash(number.to_bytes(4, "big")) for number in range(count))


@pytest.mark.parametrize(
    ("tile", "address"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(0, 0), "tile/0/000"),
        (Tile(3, 999), "tile/3/999"),
        (Tile(1, 1000, 1), "tile/1/x001/000.p/1"),
        (Tile(BUNDLE, 273, 112), "tile/entries/273.p/112"),
    ],
)
def test_a_tile_has_one_address(tile: Tile, address: str) -> None:
    assert tile.address == address
    assert tile_at(address) == tile


@pytest.mark.parametrize(
    "address",
    [
        *("tile/00/000", "tile/64/000", "tile/0/0", "tile/0/x000/000", "tile/0/001/000", "tile/0/000.p/0"),
        *(
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/-1/000",
            "tile/0/x001/x234",
            "tile/0/000/",
            "tile/٠/000",
        ),
        *("tile/0/../checkpoint", "/tile/0/000", "tile/data/000", "", "tile/0/000.p/", "tile/0/000\n"),
    ],
)
def test_other_addresses_name_no_tile(address: str) -> None:
    assert tile_at(address) is None


@given(st.integers(-1, 63), st.integers(0, 10**12), st.integers(1, WIDTH))
def test_every_tile_is_found_by_its_address(level: int, number: int, width: int) -> None:
    tile = Tile(level, number, width)
    assert tile_at(tile.address) == tile


def test_seventy_thousand_entries_have_the_tiles_that_the_specification_names() -> None:
    wholes = [sum(tile.width == WIDTH for tile in tiles_of(level, 70_000)) for level in range(4)]
    parts = [[tile.width for tile in tiles_of(level, 70_000) if tile.width < WIDTH] for level in range(4)]
    assert wholes == [273, 1, 0, 0]
    assert parts == [[112], [17], [1], []]
    assert list(levels_of(70_000)) == [0, 1, 2]
    assert list(levels_of(256)) == [0, 1]
    assert (list(levels_of(0)), list(levels_of(1))) == ([], [0])


@given(st.lists(st.integers(1, 700), max_size=6))
def test_however_entries_come_the_tiles_are_the_same(steps: list[int]) -> None:
    size = sum(steps)
    whole = leaves(size)
    files, edge, done = dict[Tile, bytes](), Edge(0), 0
    for step in steps:
        files |= dict(edge.add(whole[done * 32 : (done + step) * 32]))
        done += step
    for level in levels_of(size):
        for tile in tiles_of(level, size):
            assert len(files[tile]) == tile.width * 32 == width_in(level, tile.number, size) * 32
    assert edge.root() == root_of(whole)
    assert edge_of(size, lambda level, number, width: files[Tile(level, number, width)]) == edge
    assert all(
        data == whole[tile.number * 8192 :][: len(data)] for tile, data in files.items() if tile.level == 0
    )


def test_a_tile_above_holds_the_roots_of_those_below() -> None:
    whole = leaves(3 * WIDTH)
    files = dict(Edge(0).add(whole))
    assert files[Tile(1, 0, 3)] == b"".join(
        top_of(whole[at : at + 8192]) for at in range(0, len(whole), 8192)
    )


BODIES = st.lists(st.binary(max_size=300), min_size=1, max_size=20)


@given(BODIES)
def test_a_bundle_gives_its_bodies_back(bodies: list[bytes]) -> None:
    bundle = bundle_of(bodies)
    assert bodies_in(bundle, len(bodies)) == bodies
    assert leaves_in(bundle, len(bodies)) == (b"".join(map(leaf_hash, bodies)), 0)


@given(BODIES, st.data())
def test_a_bundle_that_ends_early_is_none(bodies: list[bytes], data: st.DataObject) -> None:
    bundle = bundle_of(bodies)
    cut = bundle[: data.draw(st.integers(0, len(bundle) - 1))]
    with pytest.raises(BadBundle):
        bodies_in(cut, len(bodies))
    assert len(leaves_in(cut, len(bodies))[0]) < 32 * len(bodies)


def test_a_body_ends_at_65535_bytes() -> None:
    assert bodies_in(bundle_of([bytes(65_535)]), 1) == [bytes(65_535)]
    with pytest.raises(OverflowError):
        bundle_of([bytes(65_536)])
