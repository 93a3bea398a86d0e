"""The edge at which reports are read knows what this node knows, and asks the database nothing for it."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.reading import read_report
from gezhi.cases.intake.shapes import Unreadable
from gezhi.cases.world import world
from tests.cast import LAMP, WANAN, Cast


def test_the_edge_knows_categories_and_places(city: Cast) -> None:
    world()
    with CaptureQueriesContext(connection) as sent:
        edge = edge_for("api:7", 7, datetime(2026, 7, 1, tzinfo=UTC))
        report = read_report({"text": "路灯", "category": LAMP, "place_code": f"{WANAN}001"}, edge)
    assert len(sent) == 0
    assert (report.source, report.submitted_by_id, report.occurred_at.year) == ("api:7", 7, 2026)
    with pytest.raises(Unreadable) as caught:
        read_report({"text": "路灯", "category": "no-such", "place_code": f"{WANAN}999"}, edge)
    assert {fault.field for fault in caught.value.faults} == {"category", "place_code"}
