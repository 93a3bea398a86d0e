"""JSON bodies read with bounds, before any shape is looked for. Pure."""

import json
from collections.abc import Mapping

from gezhi.cases.intake.shapes import Fault
from gezhi.exchange.rest.problems import Problem


def json_body(content_type: str, body: bytes) -> object:
    """Raises Problem: 415 for another type, 400 for what is no JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        detail = f"The body is {kind[:60] or 'of no stated type'}; send application/json."
        raise Problem(415, "content-type", detail, headers={"Accept": "application/json"})
    try:
        return json.loads(body)
    except RecursionError:
        raise Problem(400, "not-json", "The body is nested too deeply.") from None
    except ValueError as error:  # also wrong UTF-8 and numbers of thousands of digits
        raise Problem(400, "not-json", f"The body is not JSON in UTF-8: {str(error)[:200]}.") from None


def one_object(content: object, where: str = "body") -> Mapping[str, object]:
    if not isinstance(content, dict):
        fault = Fault(where, "", f"must be an object, is {_kind(content)}")
        raise Problem(422, "invalid", "A report is a JSON object.", [fault])
    return content


def many(content: object, limit: int) -> list[object]:
    if not isinstance(content, list):
        fault = Fault("body", "", f"must be an array, is {_kind(content)}")
        raise Problem(422, "invalid", "A batch is a JSON array of reports.", [fault])
    if len(content) > limit:
        detail = f"The batch holds {len(content)} reports; at most {limit} are taken. Send it in parts."
        raise Problem(413, "too-many", detail)
    return content


def _kind(value: object) -> str:
    names = {
        "dict": "an object",
        "list": "an array",
        "str": "a text",
        "NoneType": "null",
        "bool": "true or false",
    }
    return names.get(type(value).__name__, "a number")
