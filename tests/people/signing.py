"""What the tests of signing in share: a browser at the door, and an app that makes codes, reckoned here by RFC 6238."""

import base64
import hashlib
import hmac
import re
import struct
import time
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from tests import cast

Answer = Any  # what a test browser brings back


@dataclass
class Door:
    """A browser at an address."""

    address: str = "192.0.2.1"
    client: Client = field(default_factory=Client)

    def get(self, path: str, **more: str) -> Answer:
        return self.client.get(path, REMOTE_ADDR=self.address, **more)

    def post(self, path: str, data: dict[str, object] | None = None, **more: str) -> Answer:
        return self.client.post(path, data or {}, REMOTE_ADDR=self.address, **more)

    def sign_in(self, username: str, password: str = cast.PASSWORD, target: str = "") -> Answer:
        data: dict[str, object] = {"username": username, "password": password, "next": target}
        return self.post("/desk/sign-in/", data)

    def is_in(self) -> bool:
        return self.get("/desk/account/").status_code == 200


def code_of(secret: str, at: float | None = None, step: int = 0) -> str:
    """RFC 6238 with SHA-1, six digits and half minutes, written down here from the RFC."""
    counter = int((time.time() if at is None else at) // 30) + step
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def set_up_app(door: Door) -> str:
    """The secret of an app that somebody who is signed in has set up, as the page shows it."""
    shown = door.get("/desk/account/factors/app/").content.decode()
    found = re.search(r'class="secret figures">([A-Z2-7 ]+)<', shown)
    assert found, shown
    secret = found[1].replace(" ", "")
    answer = door.post("/desk/account/factors/app/", {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def codes_shown(door: Door) -> list[str]:
    page = door.get("/desk/account/factors/codes/").content.decode()
    return [code.replace(" ", "") for code in re.findall(r"<code>(\d{4} \d{4})</code>", page)]
