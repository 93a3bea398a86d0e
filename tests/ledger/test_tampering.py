"""Whatever is done to rows or files is found. `python -m tests.ledger.tampering --count 10000` asks for more."""

import pytest

from gezhi.ledger.folder import LogFolder
from gezhi.ledger.models import Entry
from tests.ledger import tampering
from tests.ledger.tricks_files import FILE_TRICKS
from tests.ledger.tricks_rows import ROW_TRICKS


@pytest.mark.parametrize("seed", [1, 2])
def test_every_tampering_is_found_and_nothing_else(log: LogFolder, seed: int) -> None:
    filled = tampering.fill()
    assert filled.path == log.path
    drill = tampering.run(filled, 300, seed)
    assert drill.missed == []
    assert drill.false_alarms == []
    assert sum(drill.played.values()) == 300
    assert len(drill.played) == len(FILE_TRICKS) + len(ROW_TRICKS)
    assert Entry.objects.filter(tree_index__isnull=False).count() > sum(tampering.STEPS)
