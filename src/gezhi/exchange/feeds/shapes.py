"""What is known of a station or a broker beside its key and its secrets. Pure."""

import re
from ipaddress import ip_address
from typing import Annotated, Final, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from gezhi.exchange.mqtt.mapping import Mapping as Subscription
from gezhi.lib.choices import one_of
from gezhi.packs.units import UNITS

MN: Final = re.compile(r"[0-9A-Za-z_-]{1,24}")
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{2,9}$")]
Value = Annotated[str, StringConstraints(pattern=r"^(2011|2013|2051|2061|2031):[A-Za-z]{2,9}$")]
Possible = tuple[float, float]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Station(_Shape):
    """A station that speaks HJ 212; which version, each frame says.

    `stations`: its ST, empty: any. `sent_in`: the unit of a factor, where it is another than the packs say. `takes`:
    which value of a factor is kept, as 2061:Avg; without it the hour's average where readings come hourly, the day's
    where daily, else the present value. `own`: codes of its maker with the lowest and highest value possible. `modbus`,
    `lower`, `alone`: see exchange/hj212/devices.py."""

    stations: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")], ...] = ()
    sent_in: dict[Code, str] = {}
    takes: dict[Code, Value] = {}
    own: dict[Code, Possible] = {}
    modbus: bool = False
    lower: bool = False
    alone: bool = False

    @field_validator("sent_in")
    @classmethod
    def _known_units(cls, value: dict[str, str]) -> dict[str, str]:
        for unit in value.values():
            if unit not in UNITS:
                raise ValueError(f"'{unit}' is no unit. Allowed: {one_of(unit, sorted(UNITS))}")
        return value

    @field_validator("own")
    @classmethod
    def _has_a_range(cls, value: dict[str, Possible]) -> dict[str, Possible]:
        if wrong := [code for code, (low, high) in value.items() if not low < high]:
            raise ValueError(f"of '{wrong[0]}' the lowest value must be below the highest")
        return value


class BrokerOptions(_Shape):
    """A city's broker. `url`: mqtt://HOST:PORT or mqtts://HOST:PORT. `client`: the name under which the broker keeps
    what comes while we are away. `ca`: certificates (PEM) by which the broker is known, beside those of the system.
    `things`: it may write readings of things whose keys begin so."""

    url: Annotated[str, StringConstraints(max_length=300)]
    user: Annotated[str, StringConstraints(max_length=200)] = ""
    client: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,60}$")]
    version: Literal["3.1.1", "5"] = "5"
    ca: Annotated[str, StringConstraints(max_length=100_000)] = ""
    things: Annotated[str, StringConstraints(max_length=80)] = ""
    subscriptions: Annotated[tuple[Subscription, ...], Field(min_length=1, max_length=200)]

    @field_validator("url")
    @classmethod
    def _names_a_broker(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError(
                "a broker is named as mqtts://HOST:PORT, or mqtt://HOST:PORT within a network of its own"
            )
        if parts.username or parts.password:
            raise ValueError("the account stands apart from the address: user, and the password in a file")
        _port(parts)
        return value

    @model_validator(mode="after")
    def _keeps_its_account(self) -> Self:
        if self.user and urlsplit(self.url).scheme == "mqtt" and not _is_near(self.host):
            raise ValueError("an account is sent by mqtts:// only, or to an address of your own network")
        if self.ca and urlsplit(self.url).scheme == "mqtt":
            raise ValueError("certificates are of use with mqtts:// alone")
        filters = [one.filter for one in self.subscriptions]
        if twice := sorted({one for one in filters if filters.count(one) > 1}):
            raise ValueError(f"the filter '{twice[0]}' stands twice")
        if {"hj212"} < {one.form for one in self.subscriptions}:
            raise ValueError(
                "messages of hj212 come by a feed of their own, since they have units of their own"
            )
        return self

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return _port(urlsplit(self.url))

    @property
    def is_sealed(self) -> bool:
        return urlsplit(self.url).scheme == "mqtts"


def said_of(error: ValidationError) -> str:
    """Each fault in a line, by the name of its field."""
    return "\n".join(
        f"{'.'.join(map(str, one['loc'])) or 'as a whole'}: {one['msg'].removeprefix('Value error, ')}"
        for one in error.errors()
    )


def _port(parts: SplitResult) -> int:
    """Raises ValueError for none that can be."""
    return parts.port or PORTS[parts.scheme]


def _is_near(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost"
