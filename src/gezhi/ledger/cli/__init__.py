"""`gezhi ledger ...`"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gezhi.ledger.cli.beside import tell_beside
from gezhi.ledger.cli.outsiders import outsiders, timestamp_authority, vouch, witness
from gezhi.lib.command import pure

if TYPE_CHECKING:
    from gezhi.ledger.notes import Verifier
    from gezhi.ledger.verifying import Finding

SHOWN = 100  # findings
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
KEY = click.option(
    "--key", "keys", multiple=True, help="A key that you trust, as name+id+key. May be repeated."
)


@click.group()
def ledger() -> None:
    """The append-only log of every action."""


for command in (vouch, outsiders, witness, timestamp_authority):
    ledger.add_command(command)


@pure
@ledger.command()
@click.option(
    "--files", type=click.Path(path_type=Path, exists=True, file_okay=False), help="A log's folder."
)
@KEY
@click.option("--earlier", type=FILE, help="A checkpoint kept from before, that the log must go on from.")
@click.option("--timestamp-cert", "cert", type=FILE, help="The certificate of the authority that you trust.")
@click.pass_obj
def verify(
    prepare: Callable[[], None],
    files: Path | None,
    keys: tuple[str, ...],
    earlier: Path | None,
    cert: Path | None,
) -> None:
    """Hold the database against the tree and its files; with --files the files alone, without any database.

    Exit code 1 when anything does not fit.
    """
    if files is not None:
        kept = earlier.read_text(encoding="utf-8") if earlier else ""
        sys.exit(_verify_files(files, keys, kept, cert))
    if keys or earlier:
        raise click.UsageError("--key and --earlier go with --files.")
    prepare()
    from gezhi.ledger import queries
    from gezhi.ledger.cli.outsiders import configured_cert

    verdict = queries.verify()
    waiting = verdict.entries - verdict.size
    click.echo(f"{verdict.entries} entries read, {len(verdict.broken)} do not match their hash.")
    click.echo(f"{verdict.size} stand under the newest checkpoint, {max(waiting, 0)} wait for the next.")
    folder = queries.log_folder().path
    beside = tell_beside(folder, _trusted((), folder), verdict.size, cert or configured_cert())
    sys.exit(_tell([*verdict.findings, *beside]))


def _verify_files(folder: Path, keys: Sequence[str], earlier: str, cert: Path | None) -> int:
    from gezhi.ledger.verifying import verify_files

    trusted = _trusted(keys, folder)
    verdict = verify_files(folder, trusted, earlier)
    signed = f", signed by {', '.join(verdict.signed_by)}" if verdict.signed_by else ""
    click.echo(f"{verdict.size} entries of the log {verdict.origin or '(unknown)'}{signed}.")
    if not keys:
        click.echo("Checked with the keys that lie in the folder itself; give yours with --key.")
    return _tell([*verdict.findings, *tell_beside(folder, trusted, verdict.size, cert)])


def _trusted(keys: Sequence[str], folder: Path | None = None) -> list["Verifier"]:
    from gezhi.ledger.folder import KEYS, LogFolder
    from gezhi.ledger.keys import verifiers_of
    from gezhi.ledger.notes import BadNote

    try:
        return verifiers_of(keys or (LogFolder(folder).text(KEYS).split() if folder else ()))
    except BadNote as error:
        raise click.ClickException(str(error)) from error


def _tell(findings: Sequence["Finding"]) -> int:
    for finding in findings[:SHOWN]:
        click.echo(f"  {finding}")
    if len(findings) > SHOWN:
        click.echo(f"  and {len(findings) - SHOWN} more")
    click.echo(f"{len(findings)} findings." if findings else "Everything fits.")
    return 1 if findings else 0


@ledger.command()
def publish() -> None:
    """Give new entries their places and sign a checkpoint over them now. (The worker does so every minute.)"""
    from django.utils import timezone

    from gezhi.ledger import queries
    from gezhi.ledger.actions.keys import log_signers
    from gezhi.ledger.actions.publishing import publish_checkpoint
    from gezhi.ledger.actions.sequencing import LedgerBroken

    now = timezone.now()
    try:
        while publish_checkpoint(now, log_signers(now)) is not None:
            pass
    except LedgerBroken as error:
        raise click.ClickException(str(error)) from error
    newest = queries.newest_checkpoint()
    click.echo(newest.note if newest else "There is no entry yet.")


@ledger.command()
def adopt() -> None:
    """After the database came back older than the files: take in the entries that it lost."""
    from django.utils import timezone

    from gezhi.ledger.actions.adopting import adopt as take_in
    from gezhi.ledger.actions.sequencing import LedgerBroken

    try:
        adopted = take_in(timezone.now())
    except LedgerBroken as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{adopted.entries} entries taken in; the database held no row of {adopted.lost} of them.")


@ledger.command()
def rewrite() -> None:
    """Write the log's files again from the database, where they were lost or changed."""
    from gezhi.ledger.actions.publishing import rewrite_files
    from gezhi.ledger.actions.sequencing import LedgerBroken

    try:
        click.echo(f"The files hold {rewrite_files()} entries.")
    except LedgerBroken as error:
        raise click.ClickException(str(error)) from error


@ledger.command("rotate-key")
@click.option("--days", default=30, show_default=True, type=click.IntRange(0, 3650))
def rotate_key(days: int) -> None:
    """Begin a new key. The one before signs beside it for some days, so that everybody can learn the new one."""
    from datetime import timedelta

    from django.utils import timezone

    from gezhi.ledger.actions import keys

    click.echo(keys.rotate_key(timezone.now(), timedelta(days=days)).vkey)


@ledger.command("keys")
def list_keys() -> None:
    """Every key that signs or signed for this log: public half, from when, until when."""
    from gezhi.ledger import queries

    for one in queries.listed_keys():
        click.echo(f"{one.vkey}\t{one.from_at:%Y-%m-%d}\t{f'{one.until:%Y-%m-%d}' if one.until else '-'}")


@ledger.command()
@click.argument("index", type=click.IntRange(0))
def prove(index: int) -> None:
    """The proof of the entry at a place of the tree, as c2sp.org/tlog-proof."""
    from gezhi.ledger.queries.proving import NotYet, proof_of

    try:
        click.echo(proof_of(index).written(), nl=False)
    except NotYet as error:
        raise click.ClickException(str(error)) from error


@pure
@ledger.command()
@click.argument("proof", type=FILE)
@click.argument("body", type=FILE)
@KEY
def check(proof: Path, body: Path, keys: tuple[str, ...]) -> None:
    """Whether a proof (.tlog-proof) proves a body, by the keys that you trust. Needs no database."""
    from gezhi.ledger.entries import leaf_hash
    from gezhi.ledger.proofs import LARGEST, BadProof, check_proof, parse_proof

    if not keys:
        raise click.UsageError("Say whose signature counts: --key name+id+key.")
    if proof.stat().st_size > LARGEST:
        raise click.ClickException(f"{proof} is too large for a proof.")
    try:
        found = parse_proof(proof.read_text(encoding="utf-8"))
        head = check_proof(found, leaf_hash(body.read_bytes()), _trusted(keys))
    except (BadProof, UnicodeDecodeError) as error:
        raise click.ClickException(f"Not proven. {error}") from error
    click.echo(f"Proven: entry {found.index} of {head.size} in the log {head.origin}.")
