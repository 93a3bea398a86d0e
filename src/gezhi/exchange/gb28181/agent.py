"""The user agent: what is answered to each message, and what is sent unasked. Pure: sockets and tables are passed in.

    REGISTER   401 with a challenge, then 200 with the date; at once we SUBSCRIBE to the device's alarms
    MESSAGE    Keepalive: 200. Alarm: kept first, then 200 without a body, then a MESSAGE with the Response
    NOTIFY     an alarm of our subscription: kept, then 200
    OPTIONS    200; everything else (INVITE, ...) 405: there is no media here

An answer is remembered for as long as the request may be sent again, so that nothing happens twice.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Final, Literal, Protocol

from gezhi.exchange.gb28181 import wire
from gezhi.exchange.gb28181.digest import LASTS, Nonces, answered, challenge, proves
from gezhi.exchange.gb28181.manscdp import (
    CONTENT_TYPE,
    AboutAPerson,
    Alarm,
    BadBody,
    Keepalive,
    alarm_query,
    read_body,
    response,
)
from gezhi.exchange.gb28181.wire import BadMessage, Message
from gezhi.lib.ratelimit import TokenBuckets

LONGEST: Final = 86_400  # seconds of a registration
SHORTEST: Final = 60
USUAL: Final = 3600
REMEMBERED: Final = 32.0  # seconds of an answer: 64 * T1 of RFC 3261
MOST_ANSWERS: Final = 10_000
MOST_DEVICES: Final = 20_000
RESENT: Final = (0.5, 1.5, 3.5)  # seconds after the first sending, over UDP
ALLOWED: Final = "REGISTER, MESSAGE, NOTIFY, OPTIONS"
Why = Literal["person", "invalid", "mistrusted", "too-many"]


@dataclass(frozen=True, slots=True)
class Peer:
    transport: str  # UDP or TCP
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Own:
    """`id`: this platform's 20 digits; its realm is the first ten of them. `host`, `port`: where devices find it."""

    id: str
    host: str
    port: int
    zone: tzinfo

    @property
    def realm(self) -> str:
        return self.id[:10]


class Door(Protocol):
    """What lies behind the agent."""

    def secret(self, device: str) -> str | None:
        """None: no such device."""

    def alive(self, device: str) -> None: ...

    def alarm(self, device: str, alarm: Alarm) -> bool:
        """Once it is safe on disk: whether it could be taken. `device`: that registered, whose channel raised it."""

    def refused(self, device: str, why: Why) -> None:
        """`device` "": nobody known."""


@dataclass(slots=True)
class Device:
    peer: Peer
    until: float


@dataclass(slots=True)
class Sent:
    data: bytes
    peer: Peer
    first_at: float
    times: int = 0


@dataclass
class Agent:
    """`clock`: seconds, of the wall. Not for several threads at once."""

    own: Own
    door: Door
    clock: Callable[[], float]
    nonces: Nonces = field(default_factory=lambda: Nonces(secrets.token_bytes(32)))
    devices: OrderedDict[str, Device] = field(default_factory=OrderedDict)
    _answers: OrderedDict[tuple[str, ...], tuple[float, list[bytes]]] = field(default_factory=OrderedDict)
    _sent: dict[str, Sent] = field(default_factory=dict)
    _number: int = 0
    _paces: TokenBuckets = field(default_factory=lambda: TokenBuckets(size=100, seconds=2))
    _wrong: TokenBuckets = field(default_factory=lambda: TokenBuckets(size=10, seconds=300))

    def receive(self, data: bytes, peer: Peer) -> list[bytes]:
        """What goes back to this peer, in order."""
        if self._paces.take(peer.host):
            self.door.refused(self._known_at(peer), "too-many")
            return []
        try:
            message = wire.parsed(data)
        except BadMessage:
            self.door.refused(self._known_at(peer), "invalid")
            return []
        if message.status:
            self._sent.pop(message.branch, None)
            return []
        key = (peer.host, str(peer.port), message.branch, message.get("call-id"), message.get("cseq"))
        at, replies = self._answers.get(key, (0.0, []))
        if at >= self.clock() - REMEMBERED:
            return replies[:1]
        replies = self._handled(message, peer)
        self._remember(key, replies)
        return replies

    def due(self) -> list[tuple[Peer, bytes]]:
        """Requests of ours that nobody has answered: again, three times at most."""
        now, again = self.clock(), []
        for branch, sent in list(self._sent.items()):
            if sent.times >= len(RESENT):
                del self._sent[branch]
            elif now - sent.first_at >= RESENT[sent.times]:
                sent.times += 1
                again.append((sent.peer, sent.data))
        return again

    def registered(self, device: str, peer: Peer) -> bool:
        known = self.devices.get(device)
        return known is not None and known.until > self.clock() and known.peer.host == peer.host

    def _handled(self, message: Message, peer: Peer) -> list[bytes]:
        match message.method:
            case "ACK":
                return []
            case "REGISTER":
                return self._register(message, peer)
            case "OPTIONS":
                return [self._answer(message, peer, 200, "OK", f"Allow: {ALLOWED}")]
            case "MESSAGE" | "NOTIFY":
                return self._told(message, peer)
            case _:
                return [self._answer(message, peer, 405, "Method Not Allowed", f"Allow: {ALLOWED}")]

    def _register(self, message: Message, peer: Peer) -> list[bytes]:
        device, now = message.sender, self.clock()
        if self._wrong.wait(f"{device} {peer.host}"):
            self.door.refused(self._known(device), "too-many")
            return [self._answer(message, peer, 403, "Forbidden")]
        parts = answered(message.get("authorization"))
        age = self.nonces.age(parts.get("nonce", ""), peer.host, now)
        if not parts or age is None or not -5 <= age <= LASTS:
            asked = challenge(self.own.realm, self.nonces.fresh(peer.host, now), stale=bool(parts))
            return [self._answer(message, peer, 401, "Unauthorized", asked)]
        if not self._is_right(device, parts):
            self._wrong.take(f"{device} {peer.host}")
            self.door.refused(self._known(device), "mistrusted")
            return [self._answer(message, peer, 403, "Forbidden")]
        return self._let_in(message, device, peer)

    def _is_right(self, device: str, parts: dict[str, str]) -> bool:
        """An unknown device is looked up and weighed like a known one."""
        secret = self.door.secret(device)
        right = proves(
            parts, username=device, realm=self.own.realm, secret=secret or "no such device", method="REGISTER"
        )
        return right and secret is not None

    def _let_in(self, message: Message, device: str, peer: Peer) -> list[bytes]:
        asked = message.expires
        seconds = 0 if asked == 0 else min(max(asked or USUAL, SHORTEST), LONGEST)
        date = datetime.fromtimestamp(self.clock(), self.own.zone).strftime("%Y-%m-%dT%H:%M:%S.000")
        more = [f"Date: {date}", f"Contact: {message.get('contact')}", f"Expires: {seconds}"]
        done = self._answer(message, peer, 200, "OK", *more)
        if not seconds:
            self.devices.pop(device, None)
            return [done]
        fresh = not self.registered(device, peer)
        self.devices[device] = Device(peer, self.clock() + seconds)
        self.devices.move_to_end(device)
        if len(self.devices) > MOST_DEVICES:
            self.devices.popitem(last=False)
        self.door.alive(device)
        return [done, self._subscribe(device, peer)] if fresh else [done]

    def _told(self, message: Message, peer: Peer) -> list[bytes]:
        device = message.sender
        if not self.registered(device, peer):
            self.door.refused("", "mistrusted")
            return [self._answer(message, peer, 403, "Forbidden")]
        try:
            told = read_body(message.body, self.own.zone)
        except AboutAPerson:
            self.door.refused(device, "person")
            return [self._answer(message, peer, 488, "Not Acceptable Here")]
        except BadBody:
            self.door.refused(device, "invalid")
            return [self._answer(message, peer, 400, "Bad Request")]
        match told:
            case Alarm():
                return self._alarm(message, device, told, peer)
            case Keepalive():
                self.door.alive(device)
                return [self._answer(message, peer, 200, "OK")]
            case _:
                return [self._answer(message, peer, 200, "OK")]

    def _alarm(self, message: Message, device: str, alarm: Alarm, peer: Peer) -> list[bytes]:
        good = self.door.alarm(device, alarm)
        done = self._answer(message, peer, 200, "OK")
        if message.method == "NOTIFY":
            return [done]
        body = response("Alarm", alarm.number, alarm.device, good=good)
        return [done, self._request("MESSAGE", device, peer, [f"Content-Type: {CONTENT_TYPE}"], body)]

    def _subscribe(self, device: str, peer: Peer) -> bytes:
        body = alarm_query(self._number + 1, device)
        contact = f"Contact: <sip:{self.own.id}@{self.own.host}:{self.own.port}>"
        more = ["Event: presence", f"Expires: {LONGEST}", contact, f"Content-Type: {CONTENT_TYPE}"]
        return self._request("SUBSCRIBE", device, peer, more, body)

    def _request(self, method: str, device: str, peer: Peer, more: list[str], body: bytes) -> bytes:
        self._number += 1
        branch, tag = f"z9hG4bK{secrets.token_hex(8)}", secrets.token_hex(4)
        headers = [
            f"Via: SIP/2.0/{peer.transport} {self.own.host}:{self.own.port};rport;branch={branch}",
            f"From: <sip:{self.own.id}@{self.own.realm}>;tag={tag}",
            f"To: <sip:{device}@{self.own.realm}>",
            f"Call-ID: {secrets.token_hex(12)}@{self.own.host}",
            f"CSeq: {self._number} {method}",
            "Max-Forwards: 70",
            *more,
        ]
        data = wire.request(f"{method} sip:{device}@{peer.host}:{peer.port}", headers, body)
        if peer.transport == "UDP":
            self._sent[branch] = Sent(data, peer, self.clock())
        return data

    def _answer(self, message: Message, peer: Peer, status: int, reason: str, *more: str) -> bytes:
        tag = secrets.token_hex(4)
        return wire.answer(message, status, reason, tag=tag, peer=(peer.host, peer.port), more=more)

    def _remember(self, key: tuple[str, ...], replies: list[bytes]) -> None:
        now = self.clock()
        self._answers[key] = (now, replies)
        while self._answers and (
            len(self._answers) > MOST_ANSWERS or next(iter(self._answers.values()))[0] < now - REMEMBERED
        ):
            self._answers.popitem(last=False)

    def _known(self, device: str) -> str:
        return device if self.door.secret(device) is not None else ""

    def _known_at(self, peer: Peer) -> str:
        """The device that registered from there, if there is just one."""
        found = [device for device, known in self.devices.items() if known.peer == peer][:2]
        return found[0] if len(found) == 1 else ""
