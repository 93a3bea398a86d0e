"""What the tables of sensing keep of people."""

from typing import Final

from gezhi.lib.personal import Held, Personal, of_staff

TAGS: Final[dict[str, Personal]] = {
    "sensing_eventsource.account_id": of_staff(
        "设备所属的系统账户", "System account whose key a device uses"
    ),
}
PLAIN: Final[dict[str, str]] = {
    "sensing_eventsource": "key name way secret place_code lon lat",
    "sensing_eventtally": "source fate",
    "sensing_scene": "source",
}
HELD: Final[dict[str, Held]] = {
    "sensing_eventsource": Held(staff="t.account_id = %(account)s", context=("key", "way")),
}
