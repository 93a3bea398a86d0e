"""Reading people."""

from gezhi.people.queries.contracts import (
    Found,
    contract_numbered,
    contracts_found,
    marks_of,
    published_contracts,
)
from gezhi.people.queries.day import contract_in_force, directory, directory_on
from gezhi.people.queries.lists import (
    admission_changes,
    admissions,
    admissions_on,
    duties,
    duties_on,
    duty_changes,
    edition_difference,
    edition_on,
    editions,
)
from gezhi.people.queries.staff import (
    people_like,
    post_changes,
    post_ids,
    posts_of,
    token_with,
    tokens,
    unit_changes,
    unit_ids,
)

__all__ = [
    "Found",
    "admission_changes",
    "admissions",
    "admissions_on",
    "contract_in_force",
    "contract_numbered",
    "contracts_found",
    "directory",
    "directory_on",
    "duties",
    "duties_on",
    "duty_changes",
    "edition_difference",
    "edition_on",
    "editions",
    "marks_of",
    "people_like",
    "post_changes",
    "post_ids",
    "posts_of",
    "published_contracts",
    "token_with",
    "tokens",
    "unit_changes",
    "unit_ids",
]
