"""Real files of two cities go through the door whole, and a second time without any effect."""

import os
import time
from pathlib import Path

import pytest

from gezhi.cases.models import Case, CaseEvent, Report
from gezhi.exchange.files.actions import run_import, start_from_path
from gezhi.exchange.files.mapping import Mapping, mapping_from_yaml
from gezhi.exchange.files.queries import counts
from tests.cast import Cast
from tests.house.tree import ROOT

pytestmark = pytest.mark.django_db
DATA = Path(os.environ.get("GEZHI_SHARED_DATA", ROOT.parent / "shared" / "data"))


def real(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the real file is not here ({path}); set GEZHI_SHARED_DATA")
    return path


def example(name: str) -> Mapping:
    return mapping_from_yaml((ROOT / "docs/examples" / f"{name}.mapping.yaml").read_text(encoding="utf-8"))


def rows_in(path: Path) -> int:
    import csv

    with path.open(encoding="utf-8-sig", newline="") as stream:
        return sum(1 for _ in csv.reader(stream)) - 1


def imported(path: Path, mapping: Mapping) -> dict[str, int]:
    began = time.monotonic()
    run = run_import(start_from_path(path, mapping))
    print(f"{path.name}: {run.read} rows in {time.monotonic() - began:.1f} s")
    return dict(counts(run))


@pytest.mark.parametrize(
    ("file", "mapping"),
    [("requests/boston_2011h2.csv", "boston"), ("complaints/stream.csv", "messages")],
    ids=["boston", "messages"],
)
def test_a_real_file_is_taken_whole_and_once(city: Cast, file: str, mapping: str) -> None:
    path = real(file)
    rows = rows_in(path)
    assert imported(path, example(mapping)) == {"read": rows, "added": rows, "known": 0, "refused": 0}
    assert imported(path, example(mapping)) == {"read": rows, "added": 0, "known": rows, "refused": 0}
    assert Report.objects.count() == rows
    assert 0 < Case.objects.count() <= rows
    assert CaseEvent.objects.filter(seq=1).count() == Case.objects.count()
