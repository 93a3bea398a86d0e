"""What benchmarks/sensing.py shares with the processes that it starts: things to be read, and doors that really keep.

As a program it is a reader of MQTT, PORT CLIENT COUNT as benchmarks/_mqtt_readers.py has them; its node is the one
that GEZHI_DATA_DIR names.
"""

import asyncio
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]

KIND, PROPERTY = (
    "air-station",
    "o3",
)  # watched by a rule of the air pack over value and hour, and by one for silence


class Load(NamedTuple):
    """`frames`: by client, what each sends, in order. `again`: from the first once more after the last."""

    frames: Sequence[Sequence[bytes]]
    at_once: int
    seconds: float
    again: bool = False


def publish_packs() -> None:
    from django.conf import settings

    from gezhi.packs.actions import publish
    from gezhi.packs.loading import read_pack

    publish(read_pack(settings.PACKS_DIR / "air"))


def made_series(count: int, codes: Sequence[str] = (PROPERTY,), prefix: str = "bench") -> list[int]:
    """The numbers of new datastreams: of each thing, one for each code."""
    from gezhi.packs.units import UNITS
    from gezhi.sensing.models import Datastream, ObservedProperty, Sensor, Thing
    from tests.cast import WANAN

    unit = UNITS["ug/m3"]
    sensor, _ = Sensor.objects.get_or_create(
        name="bench", defaults={"encoding_type": "text/plain", "metadata": ""}
    )
    place = f"{WANAN}001"
    things = Thing.objects.bulk_create(
        Thing(key=f"{prefix}-{number}", name=f"{prefix} {number}", kind=KIND, place_code=place)
        for number in range(-(-count // len(codes)))
    )
    measured = {
        code: ObservedProperty.objects.get_or_create(code=code, defaults={"name": code, "definition": code})[
            0
        ]
        for code in codes
    }
    made = Datastream.objects.bulk_create(
        [
            Datastream(
                thing=thing, sensor=sensor, observed_property=measured[code], name=code, place_code=place,
                unit={"name": "", "symbol": unit.symbol, "definition": unit.ucum}, observation_type="measurement",
            )
            for thing in things
            for code in codes
        ],
        batch_size=5_000,
    )  # fmt: skip
    return [one.pk for one in made][:count]


def mqtt(port: int, client: str, count: int) -> str:
    """The reader of benchmarks/_mqtt_readers.py before the real door. What it says."""
    from _mqtt_readers import FILTER, HOST, Watch

    from gezhi.exchange.mqtt.broker import Broker
    from gezhi.exchange.mqtt.client import Client
    from gezhi.exchange.mqtt.mapping import Mapping
    from gezhi.exchange.mqtt.packets import V3
    from gezhi.exchange.mqtt.payloads import Payloads
    from gezhi.sensing.actions.taking import take
    from gezhi.sensing.models import Datastream

    mapping = Mapping(filter=FILTER, key="{1}", values={"level": "v"}, time="t", clock="ms")
    numbers = (
        Datastream.objects.filter(thing__key__startswith="well-").order_by("pk").values_list("pk", flat=True)
    )
    series = {f"well{number}/level": pk for number, pk in enumerate(numbers)}
    watch = Watch(count)

    async def run() -> None:
        reader = Client(Broker(HOST, port, client, V3), [(FILTER, Payloads(mapping, series))], take)
        reader.start()
        told = 0
        while not watch.last:
            await asyncio.sleep(0.005)
            if reader.counts.messages and not watch.first:
                watch.heard(0)
            done = reader.counts.acknowledged
            if done > told:
                watch.heard(done - told)
                told = done
        await reader.stop()

    asyncio.run(run())
    return watch.told()


def hj212(pipe: Connection) -> None:
    """A server before the real door, its devices' values in the series that `frames_of` made."""
    from gezhi.config.cli import prepare

    prepare()
    from hj212 import report

    from gezhi.exchange.hj212.limits import Limits
    from gezhi.exchange.hj212.serving import Server
    from gezhi.sensing.actions.taking import take

    devices = _devices()

    async def run() -> None:
        unlimited = Limits(frames=1e9, bytes=1e12)
        server = await Server(take, devices, unlimited).start("127.0.0.1", 0)
        pipe.send(server.port)
        await report(pipe)
        await server.stop()

    asyncio.run(run())


def _devices() -> dict[bytes, object]:
    from gezhi.exchange.hj212.devices import Device, key_of
    from gezhi.sensing.models import Datastream
    from tests.exchange.hj212_cast import CODES

    rows = Datastream.objects.filter(thing__key__startswith="stack-").order_by("pk")
    found: dict[bytes, object] = {}
    for number, place in enumerate(range(0, rows.count(), len(CODES))):
        series = list(rows.values_list("pk", flat=True)[place : place + len(CODES)])
        known = {key_of(code): one for code, one in zip(CODES, series, strict=True)}
        found[mn(number).encode()] = Device(mn(number), known, "123456", frozenset({"22"}))
    return found


def mn(number: int) -> str:
    return f"{number:024X}"


def frames_of(devices: int, each: int) -> list[list[bytes]]:
    """By device, a frame for each second of the last hour or so: no two of one device are of one instant."""
    from datetime import UTC, datetime, timedelta

    from gezhi.exchange.hj212.segment import wire
    from tests.exchange.hj212_cast import CODES, VALUES, segment

    now = datetime.now(UTC)
    begin = now - timedelta(seconds=each + 60)
    contents = []
    for second in range(each):
        at = (begin + timedelta(seconds=second)).astimezone(_beijing()).strftime("%Y%m%d%H%M%S")
        said = ";".join(
            f"{code}-Rtd={float(value) + second % 10 / 10:.1f},{code}-Flag=N"
            for code, value in zip(CODES, VALUES, strict=True)
        )
        contents.append(f"DataTime={at};{said}")
    return [[wire(segment(one, mn=mn(number), now=now)) for one in contents] for number in range(devices)]


def _beijing() -> object:
    from datetime import timedelta, timezone

    return timezone(timedelta(hours=8))


if __name__ == "__main__":
    from gezhi.config.cli import prepare

    prepare()
    import gc

    import gezhi.exchange.mqtt.client
    import gezhi.sensing.actions.taking  # noqa: F401
    from gezhi.sensing.queries.sensed import sensed

    sensed()  # as the clock of the process that senses has done before a broker is asked
    gc.freeze()
    print("ready", flush=True)
    print(mqtt(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])), flush=True)
