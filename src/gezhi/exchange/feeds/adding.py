"""A station or a broker, checked as the process will use it, before it is registered."""

import json
import re
import ssl
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import yaml
from pydantic import ValidationError

from gezhi.exchange.feeds.binding import Bound, bound_station
from gezhi.exchange.feeds.reading import kinds, tls_of
from gezhi.exchange.feeds.shapes import MN, NAME, BrokerOptions, Station, said_of
from gezhi.sensing.actions.feeds import BadFeed, NewFeed, begin_feed
from gezhi.sensing.models import FeedWay, Thing
from gezhi.sensing.queries.feeds import streams_of_things

_KEY: Final = re.compile(r"[0-9A-Fa-f]{32}")
_PW: Final = re.compile(r"[!-%'-:<-~]{0,16}")  # what HJ 212 lets a password be made of
LONGEST_FILE: Final = 200_000  # characters of a mapping


def add_station(
    mn: str, name: str, thing: str, options: Mapping[str, object], secrets: Mapping[str, str], now: datetime
) -> Bound:
    """`thing`: its key or its number. `secrets`: password, key (32 hexadecimal digits). Returns which factors will be
    kept. Raises BadFeed."""
    if not MN.fullmatch(mn):
        raise BadFeed(
            f"'{mn}' is no MN: 24 hexadecimal digits, or what an older station calls itself, up to 24"
        )
    if not _PW.fullmatch(secrets.get("password", "")):
        raise BadFeed("A password PW has at most 16 printed characters, without & and ;")
    if "key" in secrets and not _KEY.fullmatch(secrets["key"]):
        raise BadFeed("An SM4 key has 16 bytes, written as 32 hexadecimal digits")
    station = _station(options)
    found = _thing(thing)
    bound = bound_station(station, streams_of_things([found.pk]), kinds())
    if not bound.factors:
        told = "; ".join(bound.problems)
        raise BadFeed(
            f"No datastream of {found.name} has the code of a factor, so nothing would be kept. {told}".strip()
        )
    plain = station.model_dump(mode="json", exclude_defaults=True)
    begin_feed(NewFeed(FeedWay.HJ212, mn, name, plain, secrets, found.pk), now)
    return bound


def add_broker(
    key: str, name: str, options: Mapping[str, object], password: str, now: datetime
) -> BrokerOptions:
    """Raises BadFeed."""
    if not NAME.fullmatch(key):
        raise BadFeed(f"'{key}' is no name for a broker: letters, digits and . _ - up to 40")
    broker = _broker({"client": f"gezhi-{key}", **options})
    if bool(password) != bool(broker.user):
        raise BadFeed("An account has a user and a password, or there is none")
    plain = broker.model_dump(mode="json", exclude_defaults=True)
    begin_feed(NewFeed(FeedWay.MQTT, key, name, plain, {"password": password} if password else {}), now)
    return broker


def mappings_in(text: str) -> list[Any]:
    """A list of subscriptions, in YAML or JSON. Raises BadFeed."""
    if len(text) > LONGEST_FILE:
        raise BadFeed(f"A file of mappings has at most {LONGEST_FILE} characters")
    try:
        found = json.loads(text) if text.lstrip()[:1] in "[{" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise BadFeed(f"The mappings cannot be read: {error}") from error
    if not isinstance(found, list):
        raise BadFeed("The mappings are a list, each with a filter and a form")
    return found


def _station(options: Mapping[str, object]) -> Station:
    try:
        return Station.model_validate(dict(options))
    except ValidationError as error:
        raise BadFeed(said_of(error)) from error


def _broker(options: Mapping[str, object]) -> BrokerOptions:
    try:
        broker = BrokerOptions.model_validate(dict(options))
        tls_of(broker)
    except ValidationError as error:
        raise BadFeed(said_of(error)) from error
    except ssl.SSLError as error:
        raise BadFeed(f"ca: {error.reason or error} - certificates in PEM are expected") from error
    return broker


def _thing(named: str) -> Thing:
    found = Thing.objects.filter(key=named).first()
    if found is None and named.isdigit():
        found = Thing.objects.filter(pk=int(named)).first()
    if found is None:
        raise BadFeed(f"There is no thing '{named}'; name it by its key or its number")
    return found
