"""The town on a database of its own, for commands: the tests' small server, thrown away afterwards."""

import logging
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.access.matrix import Matrix


@contextmanager
def town() -> Iterator["Matrix"]:
    """The matrix over the town, in one transaction that is rolled back."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.db import transaction
    from django.test.utils import setup_databases, setup_test_environment

    from gezhi.config.walls import as_owner, settle_walls
    from gezhi.lib.reach import EVERYTHING, for_this_process

    logging.disable(logging.CRITICAL)
    setup_test_environment()
    for_this_process(EVERYTHING)
    with as_owner():
        setup_databases(verbosity=0, interactive=False, aliases={"default"})
    settle_walls()
    from tests import cast
    from tests.access.matrix import Matrix
    from tests.access.town import build

    cast.settle()
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        settings.DATA_DIR = Path(folder)
        yield Matrix(build(cast.here()))
        transaction.set_rollback(True)


def clock() -> float:
    return time.perf_counter()
