"""JSON for a jsonb column written by hand."""

import json
from collections.abc import Mapping


def json_text(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else "{}"


def sorted_json(value: Mapping[str, object]) -> str:
    """The same text for the same content, also after a jsonb column has sorted its keys its own way."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
