"""What the table of drills keeps of people: nothing."""

from typing import Final

from gezhi.lib.personal import Personal

TAGS: Final[dict[str, Personal]] = {}
PLAIN: Final[dict[str, str]] = {"keeping_drill": "seconds behind_s copy fault"}
