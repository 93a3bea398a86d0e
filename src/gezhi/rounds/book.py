"""The plans, elements and forms of every active pack behind one set of lookups. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gezhi.packs.catalogue import Published
from gezhi.packs.forms import fields_of
from gezhi.packs.shapes import Element, Form, Function, RoundPlan, Words
from gezhi.rounds.merging import Unified, unified


@dataclass(frozen=True, slots=True)
class PlanCard:
    """`version_id`: the published pack version that the plan is of."""

    plan: RoundPlan
    pack: str
    pack_title: Words
    version_id: int
    form: Form | None


@dataclass(frozen=True, slots=True)
class Demand:
    """A plan that asks for an element, and how."""

    card: PlanCard
    question: Words


@dataclass(frozen=True)
class Book:
    """By key, in the order of the packs."""

    plans: Mapping[str, PlanCard]
    elements: Mapping[str, Element]
    functions: Mapping[str, Function]

    def demands(self, element: str) -> list[Demand]:
        """Who asks for it. A plan that picks its subjects by an element it does not ask is not among them."""
        return [Demand(card, title) for card in self.plans.values() for title in _asks(card, element)]

    def picks(self, element: str) -> list[PlanCard]:
        """The plans that choose whom to call at by this element."""
        return [card for card in self.plans.values() if card.plan.only and card.plan.only.element == element]

    def elements_about(self, about: str) -> dict[str, Element]:
        return {key: one for key, one in self.elements.items() if one.about == about}

    def form_for(self, plans: Sequence[str]) -> Unified | None:
        """The one form of these plans; None: they ask nothing."""
        cards = [self.plans[plan] for plan in plans if plan in self.plans]
        return unified([(card.plan.key, card.form) for card in cards if card.form])

    def finds_of(self, plans: Sequence[str]) -> list[str]:
        """Categories that may be reported from these plans, each once."""
        found = (key for plan in plans if plan in self.plans for key in self.plans[plan].plan.finds)
        return list(dict.fromkeys(found))


def book_of(published: Iterable[Published]) -> Book:
    active = sorted((one for one in published if one.active), key=lambda one: one.id)
    forms = {form.key: form for one in active for form in one.pack.forms}
    return Book(
        plans={card.plan.key: card for one in active for card in _cards(one, forms)},
        elements={element.key: element for one in active for element in one.pack.elements},
        functions={function.key: function for one in active for function in one.pack.functions},
    )


def _cards(published: Published, forms: Mapping[str, Form]) -> Iterator[PlanCard]:
    manifest = published.pack.manifest
    for plan in published.pack.plans:
        form = forms.get(plan.form or "")
        yield PlanCard(plan, manifest.name, manifest.title, published.id, form)


def _asks(card: PlanCard, element: str) -> Iterator[Words]:
    if card.form is not None:
        yield from (one.title for _, one in fields_of(card.form) if one.element == element)
