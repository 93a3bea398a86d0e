"""JSON for a jsonb column written by hand."""

import json
from collections.abc import Mapping


def json_text(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else "{}"
