"""A form with one field of every sort, as a pack writes it."""

import re
from typing import Final

import yaml

from gezhi.packs.shapes import Form
from tests.house.tree import ROOT

PAGE: Final = ROOT / "docs/reference/forms.md"


def example() -> dict[str, object]:
    """The complete example of the reference page."""
    found = re.search(r"```yaml\n(key: smoking-building.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    text = re.sub(r", element: [a-z-]+", "", found.group(1))
    read = yaml.safe_load(text)
    assert isinstance(read, dict)
    return read


def smoking_building() -> Form:
    return Form.model_validate(example())
