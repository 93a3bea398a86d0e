"""What the ledger keeps of a step."""

from datetime import datetime

from gezhi.cases.actions.taken import Taken
from gezhi.cases.capturing import told_of
from gezhi.ledger.entries import Draft, Fact, salted
from gezhi.lib.json_text import sorted_json


def entry_of(taken: Taken, at: datetime) -> Draft:
    facts: dict[str, Fact] = {
        "seq": taken.after.version,
        "step": taken.transition.key,
        "from": taken.before.state,
        "to": taken.after.state,
        "account": taken.account_id,
        "role": taken.role,
        "category": taken.after.category,
        "place": taken.after.place_code,
        "unit": taken.after.unit_id,
        "words": salted(taken.salt, taken.words),
        "evidence": [photo.sha256 for photo in taken.photos],
        **told_of(taken.photos),
    }
    if taken.for_id is not None:
        facts["for"] = taken.for_id
    if taken.given.form:
        facts["form"] = salted(taken.salt, sorted_json(taken.given.form))
    if taken.transition.document:
        facts["document"] = taken.transition.document
    return Draft(f"case.{taken.transition.kind.value}", f"case:{taken.after.id}", at, facts)
