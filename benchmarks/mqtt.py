"""Messages of QoS 1 a second, acknowledged after they were kept, against what mosquitto delivers to who discards them.

A publisher sends messages made beforehand, of one reading each, as fast as Debian's mosquitto acknowledges them; the
broker delivers them to one reader, without a limit on unacknowledged ones. A round has each reader in turn; told is the
median of the rounds. The peer is a loop that acknowledges without looking, beside mosquitto_sub, which writes what it
reads. Libraries that are installed (paho-mqtt, gmqtt, aiomqtt) are told too. One JSON line each:

- value, peer_value: by the clock, publisher, broker and reader sharing the machine.
- core: messages for a second of the reader's processor; broker_core: the same of the broker's while it serves the loop
  that discards. A reader whose core_ratio is above 0.8 keeps up with four fifths of a broker on a core of its own.

    .venv/bin/python benchmarks/mqtt.py [--messages 100000] [--rounds 3]
"""

import argparse
import importlib.util
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from _mqtt_readers import FILTER, HOST, NEEDS, READERS, entered
from _node import PROJECT, tell

sys.path.insert(0, str(PROJECT))
PEER = "discard"
BUNDLE = 500  # messages
instants = itertools.count(int(time.time() * 1000) - 6 * 3_600_000)  # ms
TARGET = 0.8


class Run(NamedTuple):
    """Seconds by the clock, of the reader's processor (0: not known), of the broker's."""

    seconds: float
    reader: float
    broker: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    names = [PEER, "mosquitto_sub", *(name for name in READERS if name != PEER and installed(name))]
    runs: dict[str, list[Run]] = {name: [] for name in names}
    for _ in range(given.rounds):
        for name in names:
            runs[name].append(run(name, given.messages))
    peer = median(given.messages / one.seconds for one in runs[PEER])
    broker_core = median(given.messages / one.broker for one in runs[PEER])
    cores = {}
    for name in names[1:]:
        rate = median(given.messages / one.seconds for one in runs[name])
        cores[name] = (
            median(given.messages / one.reader for one in runs[name] if one.reader)
            if name in READERS
            else 0.0
        )
        more = (
            {"core": round(cores[name]), "core_ratio": round(cores[name] / broker_core, 2)}
            if cores[name]
            else {}
        )
        tell(f"mqtt-{name}", rate, "messages/s", PEER, peer, broker_core=round(broker_core), **more)
    sys.exit(cores["ours"] < TARGET * broker_core)


def run(name: str, count: int) -> Run:
    from tests.exchange.mosquitto import Mosquitto

    with tempfile.TemporaryDirectory(prefix="gezhi-bench-") as folder:
        broker = Mosquitto(Path(folder), "autosave_on_changes false", "autosave_interval 0").start()
        try:
            entered(broker.port, name, FILTER).close()
            messages = made(count)
            used, begun = broker.used, time.monotonic()
            reader = reading(name, broker.port, count)
            publish(broker.port, messages)
            said, _ = reader.communicate(timeout=300)
            took = time.monotonic() - begun
            told = json.loads(said) if name in READERS else {"seconds": took, "processor": 0.0}
            return Run(told["seconds"], told["processor"], broker.used - used)
        finally:
            broker.kill()


def installed(name: str) -> bool:
    return name not in NEEDS or importlib.util.find_spec(NEEDS[name]) is not None


def made(count: int) -> list[bytes]:
    """Messages in bundles as they go over the wire: of the last hours, each well a reading a second, and none of them
    sent before."""
    from gezhi.exchange.mqtt import packets

    each = [
        packets.publish(
            f"city/well{number % 1_000}/level",
            json.dumps({"t": at, "v": number % 977 / 7}).encode(),
            number % 65_535 + 1,
        )
        for number, at in zip(range(count), instants, strict=False)
    ]
    return [b"".join(each[begin : begin + BUNDLE]) for begin in range(0, count, BUNDLE)]


def publish(port: int, bundles: list[bytes]) -> None:
    """The next bundle goes out when the one before the last is acknowledged."""
    line = entered(port, "publisher")
    left = 0
    for bundle in bundles:
        line.sendall(bundle)
        left += 4 * BUNDLE
        while left > 4 * BUNDLE:
            left -= len(line.recv(left - 4 * BUNDLE))
    line.settimeout(1.0)
    try:
        while line.recv(1 << 16):
            pass
    except TimeoutError:
        line.close()


def reading(name: str, port: int, count: int) -> "subprocess.Popen[bytes]":
    """The reader's process; connected when the first message comes, since its session is there already."""
    if name == "mosquitto_sub":
        command = [
            "mosquitto_sub",
            "-h",
            HOST,
            "-p",
            str(port),
            "-i",
            name,
            "-c",
            "-q",
            "1",
            "-t",
            FILTER,
            "-C",
            str(count),
        ]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL)
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join((str(PROJECT / "src"), os.environ.get("PYTHONPATH", "")))
    }
    command = [
        sys.executable,
        str(Path(__file__).with_name("_mqtt_readers.py")),
        name,
        str(port),
        name,
        str(count),
    ]
    reader = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    assert reader.stdout
    reader.stdout.readline()  # "ready": what takes time before it connects is done
    return reader


if __name__ == "__main__":
    main()
