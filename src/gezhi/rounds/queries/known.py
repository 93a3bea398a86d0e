"""What is known of subjects, and who may read it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from gezhi.lib.codes import place_range
from gezhi.packs.shapes import Element
from gezhi.people.access import BLIND_ROLES, PERMISSIONS, REPORT_FROM_FIELD, UNIT_ROLES, Actor
from gezhi.people.directory import Directory
from gezhi.rounds.knowing import Held
from gezhi.rounds.models import Known


def known_of(subjects: Iterable[int]) -> dict[int, dict[str, Known]]:
    """subject -> element -> what holds; one statement."""
    found: dict[int, dict[str, Known]] = defaultdict(dict)
    for row in Known.objects.filter(subject__in=list(subjects), until=None).order_by("id"):
        found[row.subject_id][row.element] = row
    return found


def held_of(subject_id: int) -> dict[str, Held]:
    rows = Known.objects.filter(subject=subject_id, until=None)
    return {element: Held(pk, value) for element, pk, value in rows.values_list("element", "id", "value")}


def histories(subject_id: int, elements: Iterable[str]) -> list[Known]:
    """Of these elements, newest first; at most 200."""
    rows = Known.objects.filter(subject=subject_id, element__in=list(elements))
    return list(rows.order_by("element", "-since", "-id")[:200])


def readable(
    actor: Actor, elements: Mapping[str, Element], place_code: str, directory: Directory
) -> set[str]:
    """The elements of a subject there that this person may read: those who collect them, and the units whose duty
    needs them."""
    functions = _functions_here(actor, place_code, directory)
    if functions is None:
        return set(elements)
    return {key for key, element in elements.items() if functions.intersection(element.readers)}


def _functions_here(actor: Actor, place_code: str, directory: Directory) -> set[str] | None:
    """The duties of this person's units that reach the place; None: collects there, and so reads all."""
    functions: set[str] = set()
    for post in actor.posts:
        low, high = place_range(post.place_code)
        if not low <= place_code < high or post.role in BLIND_ROLES:
            continue
        if REPORT_FROM_FIELD in PERMISSIONS.get(post.role, ()) and post.role not in UNIT_ROLES:
            return None
        unit = directory.units.get(post.unit_id)
        functions |= unit.functions if unit else frozenset()
    return functions
