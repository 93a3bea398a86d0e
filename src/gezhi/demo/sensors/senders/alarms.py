"""An alarm box of GB/T 28181 over UDP: registers by its secret, then raises alarms."""

import re
import secrets
import socket
from datetime import datetime
from typing import Final

from gezhi.exchange.gb28181.digest import answer_to
from gezhi.exchange.gb28181.manscdp import CONTENT_TYPE
from gezhi.exchange.gb28181.wire import BadMessage, Message, parsed, request

PATIENCE: Final = 2.0  # seconds
TRIES: Final = 3


class Box:
    """`device`, `platform`: ids of 20 digits. `host`, `port`: the platform's."""

    def __init__(self, device: str, platform: str, secret: str, host: str, port: int) -> None:
        self._device, self._platform, self._secret = device, platform, secret
        self._there = (host, port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(PATIENCE)
        self._number = 0

    def alarm(self, words: str, method: int, at: datetime) -> bool:
        """Whether it was taken. `at`: as its clock shows it."""
        if not self._register():
            return False
        self._number += 1
        parts = {
            "CmdType": "Alarm", "SN": self._number, "DeviceID": self._device, "AlarmPriority": 1,
            "AlarmMethod": method, "AlarmTime": f"{at:%Y-%m-%dT%H:%M:%S}", "AlarmDescription": words,
        }  # fmt: skip
        inside = "\r\n".join(f"<{name}>{value}</{name}>" for name, value in parts.items())
        body = f'<?xml version="1.0" encoding="GB2312"?>\r\n<Notify>\r\n{inside}\r\n</Notify>\r\n'.encode(
            "gb18030"
        )
        answer = self._asked("MESSAGE", [f"Content-Type: {CONTENT_TYPE}"], body)
        return answer is not None and answer.status == 200

    def close(self) -> None:
        self._socket.close()

    def _register(self) -> bool:
        contact = [f"Contact: <sip:{self._device}@{self._own}>", "Expires: 3600"]
        first = self._asked("REGISTER", contact)
        if first is None or first.status != 401:
            return first is not None and first.status == 200
        proof = answer_to(
            first.get("www-authenticate"),
            username=self._device,
            secret=self._secret,
            method="REGISTER",
            uri=self._uri,
        )
        second = self._asked("REGISTER", [*contact, f"Authorization: {proof}"])
        return second is not None and second.status == 200

    def _asked(self, method: str, more: list[str], body: bytes = b"") -> Message | None:
        """The last answer to a request of this number; None: there was none."""
        self._number += 1
        realm = self._platform[:10]
        head = [
            f"Via: SIP/2.0/UDP {self._own};rport;branch=z9hG4bK{secrets.token_hex(6)}",
            f"From: <sip:{self._device}@{realm}>;tag={secrets.token_hex(4)}",
            f"To: <sip:{self._platform}@{realm}>",
            f"Call-ID: {secrets.token_hex(8)}@{self._own}",
            f"CSeq: {self._number} {method}",
            "Max-Forwards: 70",
            *more,
        ]
        data = request(f"{method} {self._uri}", head, body)
        for _ in range(TRIES):
            self._socket.sendto(data, self._there)
            if answer := self._heard(method):
                return answer
        return None

    def _heard(self, method: str) -> Message | None:
        try:
            while True:
                message = parsed(self._socket.recv(65_536))
                if message.status >= 200 and message.sequence == (self._number, method):
                    return message
        except (OSError, BadMessage):
            return None

    @property
    def _uri(self) -> str:
        return f"sip:{self._platform}@{self._platform[:10]}"

    @property
    def _own(self) -> str:
        host, port = self._socket.getsockname()[:2]
        return re.sub(r"^0\.0\.0\.0$", "127.0.0.1", host) + f":{port}"
