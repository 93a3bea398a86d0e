"""A step that was decided and is to be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gezhi.cases.case_row import CaseRow
from gezhi.cases.intake.shapes import Photo
from gezhi.cases.procedure import Given
from gezhi.cases.queries.around import Partner
from gezhi.cases.stepping import Call, Card, Share
from gezhi.cases.undoing import changes, is_undoable
from gezhi.ledger.entries import Draft, Fact
from gezhi.ledger.signing import SIGNED
from gezhi.packs.shapes import Effect, Transition


@dataclass(frozen=True)
class Taken:
    """`partner`: a called unit's share, and what becomes of it: received, finished or absent."""

    before: CaseRow
    after: CaseRow
    transition: Transition
    given: Given
    account_id: int | None
    report_id: int | None
    role: str
    shares: Sequence[Share]
    active: int | None  # the assignment that was active before
    salt: bytes
    photos: Sequence[Photo]
    calls: Sequence[Call] = ()
    cards: Sequence[Card] = ()
    partner: tuple[Partner, str] | None = None
    partners: Sequence[Partner] = ()  # before the step
    facts: Mapping[str, object] = field(default_factory=dict)
    for_id: int | None = None  # whose post the role is of, if not that of whoever acts
    entry: Draft | None = None  # of the ledger, where it is signed already

    @property
    def had_partners(self) -> bool:
        return bool(self.partners)

    @property
    def undoable(self) -> bool:
        """Whether the person may take the step back at once."""
        alone = not self.photos and Share.CANCEL not in self.shares and self.partner_leading is None
        by_person = self.account_id is not None and "asked_by" not in self.facts
        return alone and by_person and is_undoable(self.transition)

    @property
    def closes(self) -> bool:
        return self.before.is_open and not self.after.is_open

    @property
    def partner_leading(self) -> int | None:
        """The assignment of the partner that this step gives the lead."""
        new = self.after.unit_id
        return next((one.assignment_id for one in self.partners if one.unit_id == new), None)

    @property
    def words(self) -> str:
        return self.given.reason.strip() or self.given.text.strip()


_CORRECTED = {"category": "category", "place": "place_code", "held": "held_code", "procedure": "procedure"}


def event_facts(taken: Taken) -> dict[str, object]:
    """What the step changed besides the state, for the history and for appraisal."""
    before, after, given = taken.before, taken.after, taken.given
    facts = dict(taken.facts)
    for name, column in _CORRECTED.items():
        if getattr(before, column) != getattr(after, column):
            facts[name] = [getattr(before, column), getattr(after, column)]
    if after.pack_version_id != before.pack_version_id:
        facts["pack_version"] = [before.pack_version_id, after.pack_version_id]
    if Effect.ASSIGN in taken.transition.effects or after.unit_id != before.unit_id:
        facts["unit"] = after.unit_id
    if taken.calls:
        facts["units"] = [call.unit_id for call in taken.calls]
    if taken.partner:
        facts["share"] = taken.partner[0].unit_id
    if taken.undoable:
        facts["before"] = changes(before, after)
    if taken.cards:
        facts["cards"] = [[card.level, card.unit_id] for card in taken.cards]
    return facts | _said(taken, given)


def _said(taken: Taken, given: Given) -> dict[str, object]:
    said = {
        "rating": given.rating,
        "report": taken.report_id,
        "length": given.length or None,
        "form": dict(given.form) or None,
        "asked_unit": given.unit_id if "step" in taken.facts else None,
        "for": taken.for_id,
        "signed": _key_of(taken.entry),
    }
    return {name: value for name, value in said.items() if value is not None}


def _key_of(entry: Draft | None) -> Fact:
    """The key with which the step was signed."""
    signed = entry.facts.get(SIGNED) if entry else None
    return signed["key"] if isinstance(signed, Mapping) else None
