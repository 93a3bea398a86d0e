"""`python -m tests.exchange.mqtt_reader PORT FILE VERSION`: a reader to be killed. What it takes it writes into the
file, synced, before it says so: its readings survive as those of a transaction do."""

import asyncio
import os
import sys
import time
from datetime import datetime

from gezhi.exchange.mqtt.broker import Broker
from gezhi.exchange.mqtt.client import Client
from gezhi.exchange.mqtt.mapping import Mapping
from gezhi.exchange.mqtt.payloads import Payloads
from gezhi.sensing.columns import Columns, Taken

MAPPING = Mapping(filter="city/+/level", key="{1}", values={"level": "v"}, time="t", clock="ms")
SERIES = {"well/level": 7}


async def main(port: int, path: str, version: int) -> None:
    with open(path, "ab", buffering=0) as kept:

        def take(columns: Columns, source: str, now: datetime) -> Taken:
            time.sleep(
                0.05
            )  # as a busy database: what was acknowledged too early is lost when it is killed here
            rows = zip(columns.at.tolist(), columns.value.tolist(), strict=True)
            kept.write("".join(f"{at} {value:g}\n" for at, value in rows).encode())
            os.fsync(kept.fileno())
            return Taken.all_new(len(columns))

        broker = Broker("127.0.0.1", port, client="reader", version=version, retry=(0.1, 0.5))
        client = Client(broker, [(MAPPING.filter, Payloads(MAPPING, SERIES))], take)
        client.start()
        while True:
            print(client.state, client.counts.readings, flush=True)
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
