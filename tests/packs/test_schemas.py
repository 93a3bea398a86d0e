"""The committed JSON Schemas are those of the shapes."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from gezhi.packs.files import kind_of
from gezhi.packs.schemas import schemas
from tests.packs.small import FILES

FOLDER = Path(__file__).resolve().parents[2] / "packs" / "_schema"


@pytest.mark.parametrize("name", sorted(schemas()))
def test_the_committed_schema_is_the_one_of_the_shapes(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == schemas()[name], "run: gezhi packs schemas"


def test_no_other_schema_lies_there() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(schemas())


@pytest.mark.parametrize("file", [name for name in FILES if name.endswith(".yaml")])
def test_a_sound_file_fits_its_schema_and_a_stranger_key_does_not(file: str) -> None:
    kind = kind_of(file)
    assert kind is not None
    validator = jsonschema_rs.validator_for(json.loads(schemas()[f"{kind.schema}.json"]))
    document = yaml.load(FILES[file], Loader=yaml.BaseLoader)
    plain = json.loads(json.dumps(document).replace('"true"', "true").replace('"false"', "false"))
    assert [error.message for error in validator.iter_errors(plain)] == []
    assert not validator.is_valid({**plain, "stranger": 1})
