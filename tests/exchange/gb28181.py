"""A device of GB/T 28181 for tests: its messages as bytes."""

import hashlib
import re
from collections.abc import Sequence

PLATFORM = "33020300002000000001"
DEVICE = "33020300001180000001"
ALARM = "33020300001340000001"
SECRET = "a secret of the device"
REALM = PLATFORM[:10]


def sip(
    method: str,
    *,
    body: bytes = b"",
    device: str = DEVICE,
    branch: str = "z9hG4bK1",
    call: str = "call-1",
    number: int = 1,
    more: Sequence[str] = (),
    transport: str = "UDP",
) -> bytes:
    lines = [
        f"{method} sip:{PLATFORM}@{REALM} SIP/2.0",
        f"Via: SIP/2.0/{transport} 192.168.1.64:5060;rport;branch={branch}",
        f"From: <sip:{device}@{REALM}>;tag=1",
        f"To: <sip:{PLATFORM}@{REALM}>",
        f"Call-ID: {call}",
        f"CSeq: {number} {method}",
        "Max-Forwards: 70",
        *more,
        f"Content-Length: {len(body)}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + body


def alarm_body(
    *,
    words: str = "摄像机发现冒烟",
    at: str = "2026-07-01T08:30:00",
    number: int = 17,
    method: int = 5,
    encoding: str = "GB2312",
    lon: str = "121.5",
    lat: str = "29.8",
    more: str = "",
) -> bytes:
    head = f'<?xml version="1.0" encoding="{encoding}"?>\r\n' if encoding else ""
    parts = {
        "CmdType": "Alarm", "SN": number, "DeviceID": ALARM, "AlarmPriority": 1, "AlarmMethod": method, "AlarmTime": at,
        "AlarmDescription": words, "Longitude": lon, "Latitude": lat,
    }  # fmt: skip
    inside = "".join(f"<{name}>{value}</{name}>\r\n" for name, value in parts.items())
    text = f"{head}<Notify>\r\n{inside}{more}</Notify>\r\n"
    return text.encode("gb18030" if encoding.startswith("GB") else "utf-8")


def authorization(
    challenge: str, *, device: str = DEVICE, secret: str = SECRET, uri: str = f"sip:{PLATFORM}@{REALM}"
) -> str:
    """The header that answers a 401, with qop as RFC 2617 has it."""
    nonce = re.search(r'nonce="([^"]+)"', challenge)[1]  # type: ignore[index]
    first = hashlib.md5(f"{device}:{REALM}:{secret}".encode()).hexdigest()
    second = hashlib.md5(f"REGISTER:{uri}".encode()).hexdigest()
    made = hashlib.md5(f"{first}:{nonce}:00000001:0a4f113b:auth:{second}".encode()).hexdigest()
    return (
        f'Authorization: Digest username="{device}", realm="{REALM}", nonce="{nonce}", uri="{uri}",'
        f' response="{made}", algorithm=MD5, qop=auth, nc=00000001, cnonce="0a4f113b"'
    )
