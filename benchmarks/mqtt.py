"""Messages of QoS 1 a second, acknowledged after they were kept, against what mosquitto delivers to who discards them.

A backlog waits in the session of each reader (Debian's mosquitto, one reading a message, no limit on unacknowledged
ones); the broker and one reader then have the machine to themselves. The peer is the faster of mosquitto_sub and a loop
that acknowledges without looking. Libraries that are installed beside it (paho-mqtt, gmqtt, aiomqtt) are told too. One
JSON line each.

    .venv/bin/python benchmarks/mqtt.py [--messages 200000] [--rounds 3]
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from _mqtt_readers import FILTER, HOST, NEEDS, READERS, entered
from _node import PROJECT, tell

sys.path.insert(0, str(PROJECT))
WINDOW = 500  # messages that the publisher sends before it waits
TARGET = 0.8


def main() -> None:
    from tests.exchange.mosquitto import Mosquitto

    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    names = ["mosquitto_sub", *(name for name in READERS if installed(name))]
    rates: dict[str, list[float]] = {name: [] for name in names}
    used: dict[str, float] = {}
    for _ in range(given.rounds):
        for name in names:
            with tempfile.TemporaryDirectory(prefix="gezhi-bench-") as folder:
                broker = Mosquitto(Path(folder), "autosave_on_changes false", "autosave_interval 0").start()
                try:
                    entered(broker.port, name, FILTER).close()
                    fill(broker.port, given.messages)
                    seconds, used[name] = read(name, broker.port, given.messages)
                    rates[name].append(given.messages / seconds)
                finally:
                    broker.kill()
    peer = max(("mosquitto_sub", "discard"), key=lambda name: median(rates[name]))
    for name in names:
        if name != peer:
            more = {"share_of_a_core": round(used[name], 2)} if used[name] else {}
            tell(
                f"mqtt-{name}",
                median(rates[name]),
                "messages/s",
                f"discarding: {peer}",
                median(rates[peer]),
                **more,
            )
    sys.exit(median(rates["ours"]) < TARGET * median(rates[peer]))


def installed(name: str) -> bool:
    return name not in NEEDS or importlib.util.find_spec(NEEDS[name]) is not None


def fill(port: int, count: int) -> None:
    """So many messages of QoS 1, each acknowledged by the broker."""
    from gezhi.exchange.mqtt import packets

    line, now = entered(port, "publisher"), int(time.time() * 1000)
    for begin in range(0, count, WINDOW):
        numbers = range(begin, min(begin + WINDOW, count))
        said = [json.dumps({"t": now + number, "v": number % 977 / 7}).encode() for number in numbers]
        topics = [f"city/well{number % 1_000}/level" for number in numbers]
        line.sendall(
            b"".join(
                packets.publish(topic, payload, number % 65_535 + 1)
                for topic, payload, number in zip(topics, said, numbers, strict=True)
            )
        )
        left = 4 * len(numbers)
        while left:
            left -= len(line.recv(left))
    line.close()


def read(name: str, port: int, count: int) -> tuple[float, float]:
    """Seconds until all was read, and the share of a core that the reader used (0: not known)."""
    if name == "mosquitto_sub":
        begun = time.monotonic()
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
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=300)
        return time.monotonic() - begun, 0.0
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
    said = subprocess.run(command, capture_output=True, check=True, timeout=300, env=environment)
    told = json.loads(said.stdout)
    return told["seconds"], told["processor"] / told["seconds"]


if __name__ == "__main__":
    main()
