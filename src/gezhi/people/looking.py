"""What is told of a look at personal data. Pure."""

from dataclasses import dataclass
from datetime import datetime

PAGE, API, EXPORT, PRINT, FIELD = "page", "api", "export", "print", "field"


@dataclass(frozen=True, slots=True)
class Origin:
    """Whence a look comes: the way, the network address, the number of the request."""

    way: str
    address: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody read `fields` of one subject (`subject_kind` and `subject_id`, as in report:12), for a purpose of the
    closed list. `grade`: the highest of the fields, 1 to 4. `way`: page, api, export, print or field.
    `shown_until`: when a mask that was lifted falls again; None: read once."""

    account_id: int
    purpose: str
    subject_kind: str
    subject_id: int
    fields: tuple[str, ...]
    grade: int
    way: str
    post_id: int | None = None
    reason: str = ""
    case_id: int | None = None
    place_code: str = ""
    address: str = ""
    request_id: str = ""
    shown_until: datetime | None = None
    break_glass_id: int | None = None
