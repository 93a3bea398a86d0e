"""What the ledger keeps of people: nothing in plain. Its entries name ids, and salted hashes that say nothing once
their salts are deleted."""

from typing import Final

from gezhi.lib.personal import Held, Personal

TAGS: Final[dict[str, Personal]] = {}
PLAIN: Final[dict[str, str]] = {
    "ledger_entry": "kind subject body leaf_hash",
    "ledger_checkpoint": "root note",
    "ledger_logkey": "vkey",
    "ledger_timestamp": "note reply by",
    "ledger_outsider": "kind name problem",
    "ledger_witnessedlog": "origin keys root note",
    "ledger_logfault": "origin cosigned submitted",
}
HELD: Final[dict[str, Held]] = {}
