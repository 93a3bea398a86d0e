"""Numbers for a monitor, in the form of Prometheus, summed over all processes of the node.

Labels hold kinds, routes and queues: never an address that somebody asked for, a name or a number of a case.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import psutil  # type: ignore[import-untyped]

from gezhi.config.paths import data_dir

FOLDER_SETTING: Final = "PROMETHEUS_MULTIPROC_DIR"
_SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a full disk must not kill whoever counts in a mapped file


def _folder() -> Path:
    digest = hashlib.sha256(str(data_dir()).encode()).hexdigest()[:12]
    if _SHARED_MEMORY.is_dir() and os.access(_SHARED_MEMORY, os.W_OK):
        return _SHARED_MEMORY / f"gezhi-metrics-{os.geteuid()}-{digest}"
    return data_dir() / "metrics"


def folder() -> Path:
    return Path(os.environ[FOLDER_SETTING])


if FOLDER_SETTING not in os.environ:  # before the library is imported: it looks once
    os.environ[FOLDER_SETTING] = str(_folder())
folder().mkdir(mode=0o700, parents=True, exist_ok=True)

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest  # noqa: E402
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402

_OWN: Final = CollectorRegistry()
REQUESTS: Final = Counter(
    "gezhi_requests", "Requests answered", ["kind", "route", "method", "status"], registry=_OWN
)
SECONDS: Final = Histogram(
    "gezhi_request_seconds", "Time to answer", ["kind"], registry=_OWN,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)  # fmt: skip
REFUSED: Final = Counter("gezhi_requests_refused", "Requests told to come again", ["kind"], registry=_OWN)
RUNNING: Final = Gauge(
    "gezhi_requests_running", "Requests being answered", ["kind"], registry=_OWN, multiprocess_mode="livesum"
)
ERRORS: Final = Counter("gezhi_errors", "Answers that failed", ["error"], registry=_OWN)


def written() -> bytes:
    """Everything, as Prometheus reads it."""
    _drop_the_dead()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_Node())
    return generate_latest(registry)


def _drop_the_dead() -> None:
    """What a process that died was doing, it does no longer."""
    for path in folder().glob("gauge_live*.db"):
        pid = path.stem.rpartition("_")[2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            path.unlink(missing_ok=True)


def forget_earlier_runs() -> None:
    """Counters begin anew with the server; of processes that still live they go on."""
    for path in folder().glob("*.db"):
        pid = path.stem.rpartition("_")[2]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            path.unlink(missing_ok=True)


class _Node:
    """What the database and the backup say of themselves, when asked."""

    def collect(self) -> Iterator[Metric]:
        from gezhi.config.health import state_of_node

        state = state_of_node()
        for name, (about, value) in state.numbers().items():
            if value is not None:
                yield GaugeMetricFamily(f"gezhi_{name}", about, value=value)
        waiting = GaugeMetricFamily("gezhi_jobs_waiting", "Jobs that wait for a worker", labels=["queue"])
        for queue, count in state.jobs.items():
            waiting.add_metric([queue], count)
        yield waiting
        yield from _heard(state.sensing)


_HEARD: Final = {
    "messages": "Messages and frames that were read",
    "readings": "Readings that were kept, or were there",
    "acknowledged": "Acknowledgements that were sent",
    "refused": "Messages, frames and values that were refused",
    "unkept": "Readings that could not be kept, and were not acknowledged",
}


def _heard(adapters: Mapping[str, Mapping[str, int | str]]) -> Iterator[Metric]:
    """Since the process that hears devices began."""
    for name, about in _HEARD.items():
        family = CounterMetricFamily(f"gezhi_sensing_{name}", about, labels=["adapter"])
        for adapter, numbers in adapters.items():
            family.add_metric([adapter], int(numbers.get(name, 0)))
        yield family
    lines = GaugeMetricFamily("gezhi_sensing_lines", "Devices or brokers on the line", labels=["adapter"])
    for adapter, numbers in adapters.items():
        lines.add_metric([adapter], int(numbers.get("lines", 0)))
    yield lines
