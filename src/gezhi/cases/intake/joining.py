"""Which drafts open a case and which join one: decided over a whole batch. Pure."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gezhi.cases.intake.drafting import Draft
from gezhi.cases.matching import PER_CELL, Cell, Matter, same_matter


@dataclass(frozen=True, slots=True)
class Joining:
    """For one draft: the open case that it joins (case_id > 0), or the draft whose new case it shares (`leader`)."""

    case_id: int
    leader: int


def join(drafts: Sequence[Draft], open_cases: Iterable[tuple[int, Matter]]) -> list[Joining]:
    """`open_cases`: (match key, case). A batch is decided in order, so that it may also join itself."""
    cells: dict[Cell, list[Matter]] = defaultdict(list)
    for key, matter in open_cases:
        _add(cells[key, matter.category], matter)
    found: list[Joining] = []
    for index, draft in enumerate(drafts):
        near = () if draft.alone else (matter for cell in draft.cells for matter in cells.get(cell, ()))
        same = same_matter(draft.matter, near)
        if same is None:
            found.append(Joining(0, index))
            _add(cells[draft.cells[0]], _as_case(draft.matter, index))
        elif same.case_id > 0:
            found.append(Joining(same.case_id, index))
        else:
            found.append(Joining(0, -1 - same.case_id))
    return found


def _add(cell: list[Matter], case: Matter) -> None:
    """The newest cases of a cell, as many as are compared when reports come one by one."""
    insort(cell, case, key=lambda one: one.at)
    del cell[:-PER_CELL]


def _as_case(matter: Matter, index: int) -> Matter:
    """A case that this batch opens: its id is negative and says which draft leads it."""
    return Matter(
        -1 - index, matter.category, matter.place_code, matter.at, matter.lon, matter.lat, matter.text
    )
