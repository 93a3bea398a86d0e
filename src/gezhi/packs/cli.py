"""`gezhi packs ...`. Exit codes: 0 done, 1 problems or refused, 2 wrong call."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from gezhi.lib.command import pure
from gezhi.packs.exporting import files_of
from gezhi.packs.loading import Loaded, Shelf, pack_folders
from gezhi.packs.moving import Waiting, Way, stranded, ways
from gezhi.packs.publishing import OpenStates, Plan
from gezhi.packs.schemas import schemas
from gezhi.packs.scope import by_needs
from gezhi.packs.shapes import Pack

_HOME = Path(__file__).resolve().parents[3] / "packs"


@dataclass(frozen=True)
class Above:
    """What parts above packs know; the command line passes one as the context's object.

    `open_states`: (procedure, state) of every open case.
    `waiting`: (procedure, state) of the open cases of one pack, with how many stand there.
    `move`: takes the open cases of a pack to its active version; how many.
    `prove`: the situations of a pack that fail, a line each; with the packs that it needs.
    """

    open_states: Callable[[], OpenStates] = frozenset
    waiting: Callable[[str], Waiting] = lambda name: {}
    move: Callable[[str], int] = lambda name: 0
    prove: Callable[[Pack, Sequence[Pack]], Sequence[str]] = lambda pack, needed: ()


def _above(context: click.Context) -> Above:
    return context.find_object(Above) or Above()


def _root() -> Path:
    return Path(os.environ.get("GEZHI_PACKS_DIR", _HOME))


@click.group()
def packs() -> None:
    """Scenario packs: check, plan, apply, diff, export, docs, schemas."""


@pure
@packs.command("check")
@click.argument("names", nargs=-1)
@click.pass_context
def check_packs(context: click.Context, names: tuple[str, ...]) -> None:
    """Read and check packs (all, or by name or folder) without a database."""
    good = [_checked(one, _above(context)) for one in _load(names)]
    sys.exit(0 if all(good) else 1)


@packs.command("plan")
@click.argument("names", nargs=-1)
@click.pass_context
def plan_packs(context: click.Context, names: tuple[str, ...]) -> None:
    """Show what publishing would change; change nothing."""
    above = _above(context)
    plans = _plans(names, above)
    shown = [_show(one, above) for one in plans]
    sys.exit(0 if all(shown) else 1)


@packs.command("apply")
@click.argument("names", nargs=-1)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--move-open", is_flag=True, help="Open cases go on under the new version.")
@click.pass_context
def apply_packs(context: click.Context, names: tuple[str, ...], yes: bool, move_open: bool) -> None:
    """Publish packs: plan, show, ask, publish. Open cases keep their version unless they are moved."""
    from gezhi.packs.actions import publish

    above = _above(context)
    plans = _plans(names, above)
    shown = [_show(one, above) for one in plans]
    movable = [_can_move(one, above) for one in plans] if move_open else []
    if not all([*shown, *movable]):
        sys.exit(1)
    wanted = [one.pack for one in plans if one.step == "publish"]
    if wanted and not yes:
        click.confirm(f"Publish {_count(wanted, 'pack')}?", abort=True)
    for pack in wanted:
        published = publish(pack, open_states=above.open_states())
        click.echo(f"{published.name} {published.version} is published; new cases open with it.")
    for one in plans if move_open else ():
        moved = above.move(one.pack.manifest.name)
        click.echo(
            f"{one.pack.manifest.name}: {moved} open {'case goes' if moved == 1 else 'cases go'} on under it."
        )


@packs.command("diff")
@click.argument("name")
def diff_pack(name: str) -> None:
    """How a pack's files differ from its published copy. Exit code 1 when they do."""
    from gezhi.packs.publishing import diff
    from gezhi.packs.queries import active_version

    active = active_version(name)
    changes = list(diff(active.pack if active else None, _read(_load((name,))[0])))
    _say(changes)
    click.echo(_count(changes, "difference"))
    sys.exit(1 if changes else 0)


@packs.command("export")
@click.argument("name")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export_pack(name: str, folder: Path) -> None:
    """Write the published copy of a pack into an empty folder, as YAML that loads to the same digest.

    Parameters that staff have set stand in it too; it is then published as a new version.
    """
    from gezhi.packs.queries import active_version, as_set_by_staff

    active = active_version(name)
    if active is None:
        raise click.UsageError(f"No pack '{name}' is published. `gezhi packs apply {name}` publishes one.")
    if folder.exists() and any(folder.iterdir()):
        raise click.UsageError(f"{folder} is not empty. Name a new folder.")
    pack = as_set_by_staff(active.pack)
    files = files_of(pack)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    click.echo(f"{name} {active.pack.manifest.version}: {_count(list(files), 'file')} in {folder}")
    if pack != active.pack:
        click.echo("It holds what staff have set. Raise its version before you publish it.")


@pure
@packs.command("docs")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def write_docs(folder: Path) -> None:
    """Write the reference of every pack, with its drawings, into a folder."""
    from gezhi.packs.reference_files import reference_files

    folder.mkdir(parents=True, exist_ok=True)
    for loaded in _load(()):
        for name, text in reference_files(_read(loaded), loaded.needed).items():
            (folder / name).write_text(text, encoding="utf-8")
    click.echo(f"{_count(list(folder.iterdir()), 'file')} in {folder}")


@pure
@packs.command("schemas")
def write_schemas() -> None:
    """Write the JSON Schemas of a pack's files into _schema, for editors."""
    folder = _root() / "_schema"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")
    click.echo(f"{_count(list(schemas()), 'schema')} in {folder}")


def _load(names: Sequence[str]) -> list[Loaded]:
    root = _root()
    folders = [_folder(root, name) for name in names] or pack_folders(root)
    if not folders:
        raise click.UsageError(f"{root} holds no pack. GEZHI_PACKS_DIR names another folder.")
    shelf = Shelf([root])
    return [shelf.load(folder) for folder in folders]


def _folder(root: Path, name: str) -> Path:
    for folder in (root / name, Path(name)):
        if folder.is_dir():
            return folder
    known = ", ".join(folder.name for folder in pack_folders(root)) or "none"
    raise click.UsageError(f"There is no pack '{name}' in {root}. Known: {known}.")


def _checked(loaded: Loaded, above: Above) -> bool:
    failed = above.prove(loaded.pack, tuple(loaded.needed.values())) if loaded.pack else ()
    _complain(loaded)
    for line in failed:
        click.echo(f"{loaded.folder.name}: {line}", err=True)
    if loaded.pack is not None and not failed:
        click.echo(_summary(loaded.pack))
    return loaded.pack is not None and not failed


def _summary(pack: Pack) -> str:
    parts = [
        _count(pack.categories, "category", "categories"),
        _count(pack.procedures, "procedure"),
        _count(pack.parameters, "parameter"),
        _count(pack.messages, "message"),
        _count(pack.situations, "situation"),
    ]
    return f"{pack.manifest.name} {pack.manifest.version}: " + ", ".join(parts) + f"; {pack.digest[:12]}"


def _complain(loaded: Loaded) -> None:
    for problem in loaded.problems:
        click.echo(f"{loaded.folder.name}/{problem}", err=True)
    if loaded.problems:
        click.echo(f"{loaded.folder.name}: {_count(loaded.problems, 'problem')}", err=True)


def _read(loaded: Loaded) -> Pack:
    _complain(loaded)
    if loaded.pack is None:
        sys.exit(1)
    return loaded.pack


def _plans(names: Sequence[str], above: Above) -> list[Plan]:
    from gezhi.packs.queries import publication_plan

    wanted = by_needs([_read(loaded) for loaded in _load(names)])
    states = above.open_states()
    return [publication_plan(pack, states, wanted[:n]) for n, pack in enumerate(wanted)]


def _ways(planned: Plan, above: Above) -> list[Way]:
    return ways(planned.pack, planned.needed, above.waiting(planned.pack.manifest.name))


def _can_move(planned: Plan, above: Above) -> bool:
    problems = stranded(_ways(planned, above))
    for problem in problems:
        click.echo(f"refused: {problem}", err=True)
    return not problems


def _show(planned: Plan, above: Above) -> bool:
    manifest = planned.pack.manifest
    if planned.step == "nothing":
        click.echo(f"{manifest.name} {manifest.version} is published already; nothing to do.")
        return True
    if planned.replaces is None:
        click.echo(f"First publication of {_summary(planned.pack)}")
    else:
        changes = _count(planned.changes, "change")
        click.echo(f"{manifest.name} {planned.replaces} -> {manifest.version}: {changes}")
        _say(planned.changes)
        _say(_ways(planned, above))
    for problem in planned.refusals:
        click.echo(f"refused: {problem}", err=True)
    return not planned.refusals


def _say(lines: Iterable[object], at_most: int = 60) -> None:
    shown = [f"  {line}" for line in lines]
    for line in shown[:at_most]:
        click.echo(line)
    if len(shown) > at_most:
        click.echo(f"  and {len(shown) - at_most} more")


def _count(things: Sequence[object], one: str, many: str = "") -> str:
    return f"{len(things)} {one if len(things) == 1 else many or one + 's'}"
