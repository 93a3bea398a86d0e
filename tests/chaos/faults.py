"""What goes wrong in a round: each fault begins, lasts a little, and ends; then the node is on its own."""

import random
import time
from collections.abc import Callable, Mapping
from typing import Final

from tests.chaos.clock import DAY
from tests.chaos.ground import Ground
from tests.chaos.outside import backends, kill, server_pid

Fault = Callable[[Ground, random.Random], None]


def kill_web(ground: Ground, chance: random.Random) -> None:
    web = ground.server.processes()["web"]
    ground.server.kill(web if chance.random() < 0.3 else web[:1])


def kill_workers(ground: Ground, chance: random.Random) -> None:
    ground.server.kill(ground.server.processes()["worker"])


def kill_follower(ground: Ground, chance: random.Random) -> None:
    ground.server.kill(ground.server.processes()["backup"])


def kill_node(ground: Ground, chance: random.Random) -> None:
    """All that `gezhi serve` is; begun again as a service would be."""
    ground.server.kill_all()
    ground.server.start()


def kill_database(ground: Ground, chance: random.Random) -> None:
    kill(server_pid(ground.cluster))


def kill_backend(ground: Ground, chance: random.Random) -> None:
    """One of them: PostgreSQL then ends all others too and recovers."""
    found = backends(server_pid(ground.cluster))
    if found:
        kill(chance.choice(found))


def full_disk(ground: Ground, chance: random.Random) -> None:
    disk = ground.need_disk()
    disk.fill()
    time.sleep(chance.uniform(0.5, 2.5))
    disk.empty()


def slow_disk(ground: Ground, chance: random.Random) -> None:
    disk = ground.need_disk()
    disk.slow(writes=chance.choice((5, 20, 60)), kilobytes=chance.choice((64, 256, 1024)))
    time.sleep(chance.uniform(1.0, 3.0))
    disk.fast()


def clock_jump(ground: Ground, chance: random.Random) -> None:
    """A day ahead or back, under running processes, and after a while the right time again."""
    ground.clock.shift(chance.choice((DAY, -DAY)))
    time.sleep(chance.uniform(1.0, 3.0))
    ground.clock.shift(0)


def cut_clients(ground: Ground, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 4)):
        ground.client_wire.cut()
        time.sleep(chance.uniform(0.1, 0.5))


def lose_database(ground: Ground, chance: random.Random) -> None:
    """The line between node and database: cut, refusing, or open and silent."""
    wire = ground.need_database_wire()
    kind = chance.choice(("cut", "refuse", "swallow"))
    if kind == "cut":
        for _ in range(3):
            wire.cut()
            time.sleep(0.2)
        return
    wire.refuse() if kind == "refuse" else wire.swallow()
    time.sleep(chance.uniform(0.5, 2.5))
    wire.mend()


def doubled(ground: Ground, chance: random.Random) -> None:
    """Nothing breaks: doubled and reordered deliveries alone, which go on in every other round too."""
    time.sleep(chance.uniform(0.5, 1.5))


EVERYWHERE: Final[Mapping[str, Fault]] = {
    "kill-web": kill_web,
    "kill-workers": kill_workers,
    "kill-follower": kill_follower,
    "kill-node": kill_node,
    "kill-database": kill_database,
    "kill-backend": kill_backend,
    "cut-clients": cut_clients,
    "doubled": doubled,
}
ON_A_DISK: Final[Mapping[str, Fault]] = {"full-disk": full_disk, "slow-disk": slow_disk}
WITH_A_CLOCK: Final[Mapping[str, Fault]] = {"clock-jump": clock_jump}
OUTSIDE: Final[Mapping[str, Fault]] = {"lose-database": lose_database}
