"""What the tables of places keep of people: nothing."""

from typing import Final

from gezhi.lib.personal import Held, Personal

TAGS: Final[dict[str, Personal]] = {}
PLAIN: Final[dict[str, str]] = {
    "places_place": "code name full_name local_code shape source",
    "places_placeversion": "digest note",
}
HELD: Final[dict[str, Held]] = {}
