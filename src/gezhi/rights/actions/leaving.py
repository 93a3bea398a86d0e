"""What erasing leaves to be done outside the transaction: files go, the list of erased ids is told, statistics that
PostgreSQL keeps of common values are made anew."""

import json
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from gezhi.cases.papers import paper_path
from gezhi.cases.photos import photo_path
from gezhi.lib.durable import write_whole
from gezhi.rights.models import Erasure
from gezhi.rights.queries.erased import line_path
from gezhi.rights.tags import all_tags


def finish(erasure_id: int, photos: Iterable[str], papers: Iterable[str], uploads: Iterable[str]) -> None:
    """Run again as often as it takes: each part is done once."""
    remove_files(photos, papers, uploads)
    erasure = Erasure.objects.get(pk=erasure_id)
    line = {"at": erasure.at.isoformat(), "reports": erasure.reports, "channel": erasure.channel}
    write_whole(line_path(erasure), json.dumps(line).encode())
    _ask_for_samples()


def _ask_for_samples() -> None:
    """Once for all that end before it begins: looking at ten tables anew for each takes longer than the rest."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task("rights.forget_samples", allow_unknown=False).defer()


def forget_samples() -> None:
    """Of every table that holds personal data."""
    analyze(all_tags().tables)


def remove_files(photos: Iterable[str], papers: Iterable[str], uploads: Iterable[str]) -> None:
    for key in photos:
        photo_path(key).unlink(missing_ok=True)
        photo_path(key).with_suffix(".json").unlink(missing_ok=True)
    for code in papers:
        paper_path(code).unlink(missing_ok=True)
    for key in uploads:
        shutil.rmtree(Path(settings.DATA_DIR) / "uploads" / key, ignore_errors=True)


def analyze(tables: Iterable[str]) -> None:
    """PostgreSQL keeps samples of values of each column; those of what is gone go with the next look at the table."""
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute("SELECT gezhi_analyze(%s)", [table])
