"""The ASGI application of the stream's process: `/live/stream` and `/live/healthz`."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.http.request import validate_host
from psycopg.conninfo import make_conninfo

from gezhi.live.hub import BEAT, Client, Full, Hub, message
from gezhi.live.listening import Listener
from gezhi.live.seal import BadTicket, opened

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = dict[bytes, bytes]

RETRY = 5  # seconds
PATIENCE = 2 * BEAT  # seconds in which a client takes in a message: a dead one holds no place
FRESH = b"retry: %d\n" % (RETRY * 1000) + message("hello", {"version": version("gezhi")})
KEEPALIVE: Final = (
    "connect_timeout=10 keepalives_idle=10 keepalives_interval=5 keepalives_count=3 tcp_user_timeout=20000"
)
STREAM: Headers = {
    b"content-type": b"text/event-stream; charset=utf-8",
    b"cache-control": b"no-store",
    b"x-accel-buffering": b"no",
}
SAFE: Headers = {  # of every answer: it is read by a page's script and shown nowhere
    b"x-content-type-options": b"nosniff",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
}
LATER: Headers = {b"retry-after": b"%d" % RETRY}
_HSTS: Final = b"max-age=31536000; includeSubDomains"
log = logging.getLogger(__name__)


class Refused(Exception):
    def __init__(self, status: int, words: str, headers: Headers | None = None) -> None:
        super().__init__(words)
        self.status, self.words, self.headers = status, words, headers or {}


class Application:
    def __init__(self) -> None:
        self._hub = Hub(settings.LIVE_CLIENTS)
        self._listener = Listener(database(), self._hub)
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == "/live/healthz":
            await self._health(send)
        else:
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while (await receive())["type"] == "lifespan.startup":
            self._tasks = [asyncio.create_task(work) for work in (self._listener.run(), self._beat())]
            await send({"type": "lifespan.startup.complete"})
        for task in self._tasks:
            task.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            self._hub.beat()

    async def _health(self, send: Send) -> None:
        told = {"listening": self._listener.listening, "clients": self._hub.size}
        await _say(send, 200 if self._listener.listening else 503, told)

    async def _answer(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        allowed: Headers = {}
        try:
            allowed = _allowed(headers.get(b"origin", b"").decode("latin-1"))
            client = self._admit(scope)
        except Refused as refused:
            await _say(send, refused.status, {"detail": refused.words}, allowed | refused.headers)
            return
        try:
            await _begin(send, 200, STREAM | allowed)
            await self._stream(client, receive, send)
        finally:
            self._hub.leave(client)

    def _admit(self, scope: Mapping[str, Any]) -> Client:
        """Raises Refused."""
        if scope["path"] != "/live/stream" or scope["method"] != "GET":
            raise Refused(404, "Nothing is here but GET /live/stream and /live/healthz.")
        ticket = parse_qs(scope["query_string"].decode("latin-1")).get("ticket", [""])[0]
        try:
            seen = opened(ticket)
        except BadTicket:
            raise Refused(403, "The ticket is not valid, or no more. Ask for a new one.") from None
        if not self._listener.listening:
            raise Refused(503, "The database does not answer. Come back later.", LATER)
        try:
            return self._hub.join(seen)
        except Full:
            raise Refused(503, "As many listen as may. Come back later.", LATER) from None

    async def _stream(self, client: Client, receive: Receive, send: Send) -> None:
        watch = asyncio.create_task(_until_gone(client, receive))
        try:
            told: bytes | None = FRESH
            while told is not None:
                async with asyncio.timeout(PATIENCE):
                    await send({"type": "http.response.body", "body": told, "more_body": True})
                told = await client.next()
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            log.info("A client that took nothing in for %s seconds is let go.", PATIENCE)
        finally:
            watch.cancel()


async def _until_gone(client: Client, receive: Receive) -> None:
    """The server does not say while sending that the client went away."""
    while (await receive())["type"] != "http.disconnect":
        continue
    client.end()


def _allowed(origin: str) -> Headers:
    """What lets a page of this node read the answer from another port. Raises Refused for pages of others."""
    if not origin:
        return {}
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:  # brackets that hold no address
        host = ""
    if origin not in settings.CSRF_TRUSTED_ORIGINS and not validate_host(host, settings.ALLOWED_HOSTS):
        raise Refused(403, "Pages of other origins may not listen.")
    return {b"access-control-allow-origin": origin.encode("latin-1"), b"vary": b"Origin"}


async def _say(send: Send, status: int, told: Mapping[str, object], headers: Headers | None = None) -> None:
    kind = {b"content-type": b"application/json", b"cache-control": b"no-store"}
    await _begin(send, status, kind | (headers or {}))
    await send({"type": "http.response.body", "body": json.dumps(told).encode()})


async def _begin(send: Send, status: int, headers: Headers) -> None:
    safe = SAFE | ({b"strict-transport-security": _HSTS} if settings.HTTPS else {})
    await send({"type": "http.response.start", "status": status, "headers": list((safe | headers).items())})


def database() -> str:
    """libpq's words for the node's database."""
    held = settings.DATABASES["default"]
    named = {"dbname": held["NAME"], "user": held["USER"], "password": held["PASSWORD"]}
    named |= {"host": held["HOST"], "port": held["PORT"], "application_name": "gezhi live"}
    return make_conninfo(
        KEEPALIVE, **{name: words for name, words in named.items() if words}, **held["OPTIONS"]
    )
