"""What the tables of packs keep of people: who set a parameter."""

from typing import Final

from gezhi.lib.personal import Held, Personal, of_staff

TAGS: Final[dict[str, Personal]] = {
    "packs_parametervalue.account_id": of_staff("调整参数的人员", "Who set a parameter"),
}
PLAIN: Final[dict[str, str]] = {
    "packs_packversion": "name version digest content",
    "packs_parametervalue": "key length number source",
}
HELD: Final[dict[str, Held]] = {
    "packs_parametervalue": Held(staff="t.account_id = %(account)s", context=("key", "since", "at")),
}
