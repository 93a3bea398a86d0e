"""Messages to a broker with QoS 1 (MQTT 3.1.1): sent again, on a new line, until the broker has them."""

import json
import socket
from collections import deque
from collections.abc import Sequence
from random import Random
from typing import Final

from gezhi.demo.sensors.faults import Sent
from gezhi.exchange.mqtt import packets

PATIENCE: Final = 5.0  # seconds
HELD: Final = 20_000  # messages that wait
KEEP_ALIVE: Final = 300
AT_ONCE: Final = 100  # messages sent before their acknowledgements are read


class Messages:
    """A gateway of many devices: `demo/KEY/readings` has a time and a value for each property."""

    def __init__(self, host: str, port: int, client: str) -> None:
        self._host, self._port, self._client = host, port, client
        self._waiting: deque[tuple[str, bytes]] = deque(maxlen=HELD)
        self._line: socket.socket | None = None
        self.acknowledged = 0

    def put(self, readings: Sequence[Sent]) -> None:
        groups: dict[tuple[str, int], dict[str, float]] = {}
        for one in readings:
            at = round(one.at.timestamp() * 1000)
            groups.setdefault((one.thing, at), {})[one.property] = one.value
        for (thing, at), values in groups.items():
            self._waiting.append((f"demo/{thing}/readings", json.dumps({"t": at, **values}).encode()))

    def flood(self, count: int, rng: Random) -> None:
        for _ in range(count):
            text = rng.choice((b"", b"{", b"[1,2", b"null", b'{"t": "never"}', b"\xff\xfe"))
            self._waiting.append(("demo/nobody/readings", text))

    def send(self) -> int:
        """How many the broker has now."""
        done = 0
        try:
            self._line = self._line or self._entered()
            while self._waiting:
                some = [self._waiting[place] for place in range(min(AT_ONCE, len(self._waiting)))]
                self._publish(self._line, some)
                for _ in some:
                    self._waiting.popleft()
                done += len(some)
        except (OSError, packets.Broken):
            self.hang_up()
        self.acknowledged += done
        return done

    def hang_up(self) -> None:
        line, self._line = self._line, None
        if line:
            line.close()

    def _entered(self) -> socket.socket:
        line = socket.create_connection((self._host, self._port), PATIENCE)
        line.settimeout(PATIENCE)
        line.sendall(
            packets.connect(
                self._client, packets.V3, KEEP_ALIVE, login=None, session=0, at_once=AT_ONCE, largest=1 << 20
            )
        )
        if line.recv(4)[:1] != b"\x20":
            raise packets.Broken("no CONNACK")
        return line

    def _publish(self, line: socket.socket, some: Sequence[tuple[str, bytes]]) -> None:
        for number, (topic, payload) in enumerate(some, 1):
            line.sendall(packets.publish(topic, payload, number))
        had = b""
        while len(had) < 4 * len(some):  # a PUBACK has four bytes
            data = line.recv(4096)
            if not data:
                raise packets.Broken("the broker hung up")
            had += data
