"""What `gezhi ledger verify` says of timestamps and of persons' signatures."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gezhi.ledger.notes import Verifier
    from gezhi.ledger.verifying import Finding


def tell_beside(folder: Path, known: "Collection[Verifier]", size: int, cert: Path | None) -> list["Finding"]:
    """`size`: of the newest checkpoint. Without the authority's certificate timestamps are only counted."""
    from gezhi.ledger.vouched import verify_signatures

    signatures = verify_signatures(folder, size)
    click.echo(f"{signatures.count} entries signed by persons, with {signatures.keys} keys made known.")
    return [*signatures.findings, *_tell_stamps(folder, known, cert)]


def _tell_stamps(folder: Path, known: "Collection[Verifier]", cert: Path | None) -> list["Finding"]:
    from gezhi.ledger.timestamps import BadStamp, trust_in
    from gezhi.ledger.vouched import NOTE, STAMPS, verify_stamps

    lying = len(list((folder / STAMPS).glob(f"*{NOTE}")))
    if cert is None and lying:
        click.echo(f"{lying} timestamps, unchecked: say whom you trust with --timestamp-cert.")
    if cert is None:
        return []
    try:
        stamps = verify_stamps(folder, known, trust_in(cert.read_bytes()))
    except (BadStamp, OSError) as error:
        raise click.ClickException(f"{cert}: {error}") from error
    click.echo(f"{stamps.count} timestamps hold.")
    if stamps.newest:
        when = f"{stamps.newest.at:%Y-%m-%d %H:%M:%S}Z"
        click.echo(f"The newest, {when} by {stamps.newest.by}, covers {stamps.size} entries.")
    return stamps.findings
