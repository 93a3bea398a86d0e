"""Writes of places: each action is one transaction, one entry in the ledger, and a new version when needed.

The ledger is a neighbour: its `record` is passed in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from gezhi.lib.codes import CITY, GRID, parent_of
from gezhi.lib.rows import insert_rows
from gezhi.places import snapshot
from gezhi.places.divisions import Division, full_names
from gezhi.places.generate import Generated, Point, generate, known_centres
from gezhi.places.importing import COLUMNS, PlaceRow, Plan
from gezhi.places.models import Place, PlaceVersion
from gezhi.places.queries import digest_of_places, ensure_snapshot, newest_version, wider_outlines, within
from gezhi.places.tiles.queries import ensure_tiles

Record = Callable[[str, str, Mapping[str, str | int]], None]
_KEPT_SNAPSHOTS = 3
_BATCH = 2000


@dataclass(frozen=True)
class Loaded:
    """What one load did; `version` is the id of the version that now stands."""

    added: int
    changed: int
    unchanged: int
    removed: int = 0
    refused: int = 0
    version: int = 0


@transaction.atomic
def load_divisions(divisions: Sequence[Division], source: str, record: Record) -> Loaded:
    """Names and tree only: shapes, local codes and households that are there already stay."""
    names = full_names(divisions, CITY)
    rows = [
        PlaceRow(d.code, d.level, d.name, names[d.code], "", None, False, source, None) for d in divisions
    ]
    old = _existing([row.code for row in rows])
    kept = [_with_old_shape(row, old[row.code]) if row.code in old else row for row in rows]
    done = _publish(_upsert(kept, old), f"divisions: {source}")
    record("places.divisions_loaded", divisions[0].code if divisions else "", _facts(done, source))
    return done


@transaction.atomic
def import_layer(plan: Plan, source: str, record: Record) -> Loaded:
    """Writes the plan's rows; simulated grids of the same villages give way to real ones."""
    old = _existing([row.code for row in plan.rows])
    rows = [_with_old_facts(row, old.get(row.code)) for row in plan.rows]
    done = replace(_upsert(rows, old), removed=_clear_simulated(rows), refused=plan.refused)
    done = _publish(done, f"imported: {source}")
    record("places.layer_imported", rows[0].code if rows else "", _facts(done, source))
    return done


@transaction.atomic
def generate_grids(
    divisions: Sequence[Division], city: str, seed: int, record: Record, centre: Point | None = None
) -> Loaded:
    """Simulated grids and outlines for a whole city or county; whatever has a real shape keeps it."""
    source = f"simulated, seed {seed}"
    real = set(within(city).filter(simulated=False, shape__isnull=False).values_list("code", flat=True))
    taken = {parent_of(code) for code in real if len(code) > 12}
    made = generate(divisions, city, seed, known_centres(), centre)
    real |= wider_outlines(city)
    wanted = [g for g in made if g.code not in real and (g.level < GRID or parent_of(g.code) not in taken)]
    old = _existing([g.code for g in wanted])
    rows = [_generated_row(g, old.get(g.code), source) for g in wanted]
    done = replace(_upsert(rows, old), removed=_clear_simulated(rows))
    done = _publish(done, f"{source}: {city}")
    record("places.grids_generated", city, _facts(done, source))
    return done


def _facts(done: Loaded, source: str) -> dict[str, str | int]:
    return {
        "source": source, "added": done.added, "changed": done.changed, "removed": done.removed,
        "refused": done.refused, "version": done.version,
    }  # fmt: skip


def _generated_row(made: Generated, old: PlaceRow | None, source: str) -> PlaceRow:
    if old is not None and made.level < GRID:
        return replace(old, shape=made.shape, simulated=True)
    return PlaceRow(
        made.code, made.level, made.name, made.full_name, "", made.shape, True, source, made.households
    )


def _with_old_shape(row: PlaceRow, old: PlaceRow) -> PlaceRow:
    return replace(
        row, shape=old.shape, local_code=old.local_code, households=old.households,
        simulated=old.simulated, source=old.source if old.shape else row.source,
    )  # fmt: skip


def _with_old_facts(row: PlaceRow, old: PlaceRow | None) -> PlaceRow:
    if old is None or (old.simulated and row.level == GRID):
        return row
    return replace(
        row, local_code=row.local_code or old.local_code, households=row.households or old.households
    )


def _existing(codes: Sequence[str]) -> dict[str, PlaceRow]:
    rows = Place.objects.filter(code__in=codes).values_list(*COLUMNS)
    return {
        code: PlaceRow(code, level, name, full, local, bytes(shape) if shape else None, fake, source, homes)
        for code, level, name, full, local, shape, fake, source, homes in rows.iterator(5000)
    }


def _upsert(rows: Sequence[PlaceRow], old: Mapping[str, PlaceRow]) -> Loaded:
    added = [row for row in rows if row.code not in old]
    changed = [row for row in rows if row.code in old and row != old[row.code]]
    insert_rows("places_place", COLUMNS, [astuple(row) for row in added])
    _overwrite(changed)
    return Loaded(len(added), len(changed), len(rows) - len(added) - len(changed))


def _overwrite(rows: Sequence[PlaceRow]) -> None:
    """Any number of rows by COPY and one UPDATE."""
    if not rows:
        return
    pairs = ", ".join(f'"{column}" = incoming."{column}"' for column in COLUMNS[1:])
    update = f"UPDATE places_place SET {pairs} FROM places_incoming AS incoming"  # noqa: S608 - our own columns
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE places_incoming (LIKE places_place) ON COMMIT DROP")
        insert_rows("places_incoming", COLUMNS, [astuple(row) for row in rows])
        cursor.execute(f"{update} WHERE places_place.code = incoming.code")
        cursor.execute("DROP TABLE places_incoming")


def _clear_simulated(rows: Sequence[PlaceRow]) -> int:
    """Removes simulated grids of the same villages that the new rows do not replace."""
    keep = {row.code for row in rows if row.level == GRID}
    villages = {parent_of(code) for code in keep}
    simulated = Place.objects.filter(level=GRID, simulated=True).values_list("code", flat=True)
    gone = [code for code in simulated if code not in keep and parent_of(code) in villages]
    for begin in range(0, len(gone), _BATCH):
        Place.objects.filter(code__in=gone[begin : begin + _BATCH]).delete()
    return len(gone)


def _publish(done: Loaded, note: str) -> Loaded:
    """A new version, its snapshot and its map tiles, if anything differs from the version that stands."""
    digest, newest = digest_of_places(), newest_version()
    if newest is not None and newest.digest == digest:
        return replace(done, version=newest.pk)
    version = PlaceVersion.objects.create(made_at=timezone.now(), digest=digest, note=note[:200])
    if Place.objects.filter(shape__isnull=False).exists():
        ensure_snapshot(digest)
        ensure_tiles(digest)
        snapshot.prune(Path(settings.DATA_DIR) / "places", _KEPT_SNAPSHOTS)
    return replace(done, version=version.pk)
