"""SIPp (Debian's sip-tester), which we did not write, registers as a device by UDP and TCP and raises an alarm."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from gezhi.cases.models import Case, Report
from gezhi.sensing.models import EventSource, EventTally
from tests.cast import Cast
from tests.exchange.gb28181 import DEVICE, PLATFORM, REALM, SECRET
from tests.exchange.sip_node import Node, node

pytestmark = pytest.mark.django_db(transaction=True)
SIPP = os.environ.get("GEZHI_SIPP") or shutil.which("sipp")
FOLDER = Path(__file__).with_name("sipp")


@pytest.fixture
def running(city: Cast) -> Iterator[Node]:
    if SIPP is None:
        pytest.skip("SIPp is not here: apt-get install sip-tester, or name it in GEZHI_SIPP")
    with node() as one:
        yield one


def sipp(port: int, transport: str, where: Path, secret: str = SECRET) -> subprocess.CompletedProcess[str]:
    at = timezone.now().astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%Y-%m-%dT%H:%M:%S")
    keys = {"device": DEVICE, "platform": PLATFORM, "realm": REALM, "at": at}
    given = [word for key, value in keys.items() for word in ("-key", key, value)]
    scenario = f"-sf {FOLDER / 'alarm.xml'} -oocsf {FOLDER / 'answering.xml'}".split()
    once = f"-i 127.0.0.1 -t {transport} -m 1 -timeout 40 -timeout_error -nostdin".split()
    command = [str(SIPP), f"127.0.0.1:{port}", *scenario, *once, "-au", DEVICE, "-ap", secret, *given]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("transport", ["u1", "t1"])
def test_a_device_registers_and_its_alarm_becomes_a_case(
    running: Node, tmp_path: Path, transport: str
) -> None:
    done = sipp(running.port, transport, tmp_path)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    report = Report.objects.get(source=f"sensor:{DEVICE}")
    assert Case.objects.get(pk=report.case_id).category == "matter-06042"
    assert EventSource.objects.get(key=DEVICE).seen_at is not None


def test_a_wrong_secret_is_told_no(running: Node, tmp_path: Path) -> None:
    assert sipp(running.port, "u1", tmp_path, secret="another secret").returncode != 0
    running.settle()
    assert EventTally.objects.get(source=DEVICE, fate="mistrusted").count >= 1
    assert not Report.objects.filter(source__startswith="sensor").exists()
