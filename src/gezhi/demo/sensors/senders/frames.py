"""Stations of HJ 212-2017 over TCP: a connection each, a frame at a time, sent again until it is answered."""

import socket
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Final

from gezhi.demo.sensors.faults import Sent, broken
from gezhi.exchange.hj212.clock import written
from gezhi.exchange.hj212.segment import wire

PATIENCE: Final = 3.0  # seconds for an answer
HELD: Final = 500  # frames of a station that wait


class Station:
    """`names`: property -> (command, factor, field, what a value is multiplied by to be in the unit that is sent)."""

    def __init__(
        self, mn: str, st: str, password: str, names: Mapping[str, tuple[str, str, str, float]]
    ) -> None:
        self._mn, self._st, self._password, self._names = mn, st, password, names
        self._waiting: deque[tuple[bytes, bytes]] = deque(maxlen=HELD)  # QN, frame
        self._line: socket.socket | None = None
        self.acknowledged = 0

    def put(self, readings: Sequence[Sent], now: datetime) -> None:
        """A frame for each command and time."""
        groups: dict[tuple[str, datetime], list[Sent]] = {}
        for one in readings:
            if one.property in self._names:
                groups.setdefault((self._names[one.property][0], one.at), []).append(one)
        for number, ((cn, at), some) in enumerate(groups.items()):
            self._waiting.append(self._frame(cn, at, some, now + timedelta(milliseconds=number)))

    def send(self, host: str, port: int) -> int:
        """How many are answered now; what is not stays."""
        done = 0
        try:
            self._line = self._line or socket.create_connection((host, port), PATIENCE)
            self._line.settimeout(PATIENCE)
            while self._waiting:
                qn, frame = self._waiting[0]
                self._line.sendall(frame)
                if not self._is_answered(self._line, qn):
                    break
                self._waiting.popleft()
                done += 1
        except OSError:
            self.hang_up()
        self.acknowledged += done
        return done

    def flood(self, host: str, port: int, count: int, rng: Random, now: datetime) -> None:
        """Broken frames, on a line of their own: the node cuts it when it has enough of them."""
        _, frame = self._frame("2011", now, [], now)
        with suppress(OSError), socket.create_connection((host, port), PATIENCE) as line:
            for _ in range(count):
                line.sendall(broken(frame, rng) + b"\r\n")

    def hang_up(self) -> None:
        line, self._line = self._line, None
        if line:
            line.close()

    def _is_answered(self, line: socket.socket, qn: bytes) -> bool:
        """An answer to an earlier sending is not for this one."""
        rest = b""
        with suppress(TimeoutError):
            while data := line.recv(4096):
                rest += data
                if any(b"CN=9014" in one and qn in one for one in rest.split(b"\r\n")):
                    return True
        return False

    def _frame(self, cn: str, at: datetime, readings: Sequence[Sent], now: datetime) -> tuple[bytes, bytes]:
        said = [f"DataTime={written(at)[:14].decode()}"]
        for one in readings:
            _, code, what, times = self._names[one.property]
            said.append(f"{code}-{what}={one.value * times:.6g},{code}-Flag=N")
        qn = written(now)
        head = f"QN={qn.decode()};ST={self._st};CN={cn};PW={self._password};MN={self._mn};Flag=5"
        return qn, wire(f"{head};CP=&&{';'.join(said)}&&".encode())
