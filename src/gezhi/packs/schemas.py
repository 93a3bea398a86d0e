"""JSON Schemas of the files of a pack, for editors: packs/_schema holds them."""

import json

from gezhi.packs.files import FILE_KINDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """File name -> text of the schema."""
    return {f"{kind.schema}.json": _text(kind.shape.model_json_schema(by_alias=True)) for kind in FILE_KINDS}


def _text(schema: dict[str, object]) -> str:
    return json.dumps({"$schema": DIALECT, **schema}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
