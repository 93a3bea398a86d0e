"""Where the broker is, who we are to it, and how much it may send before we acknowledge."""

import ssl
from dataclasses import dataclass, field

from gezhi.exchange.mqtt.packets import V5


@dataclass(frozen=True)
class Broker:
    """`client` must stay the same over restarts: the broker keeps the session under it for `session` seconds.
    `at_once`: unacknowledged messages (5: told to the broker; 3.1.1: the broker's own setting rules).
    `largest`: bytes of a packet. `retry`: first and longest pause in seconds before connecting again."""

    host: str
    port: int = 1883
    client: str = "gezhi"
    version: int = V5
    login: tuple[str, str] | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None
    keep_alive: int = 30
    session: int = 7 * 86_400
    at_once: int = 20_000
    largest: int = 1 << 20
    retry: tuple[float, float] = (0.5, 30.0)
