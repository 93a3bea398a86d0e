"""Mistakes in a form are named with where they stand and what is allowed."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from gezhi.packs.checking_forms import check_form
from gezhi.packs.checking_patterns import why_unsafe
from gezhi.packs.loading import load
from gezhi.packs.shapes import Form
from tests.packs.forms import PAGE, example
from tests.packs.small import FILES, write

Plain = dict[str, Any]


def changed(change: Callable[[Plain, Plain, list[Plain]], object]) -> Plain:
    """The example after `change(properties, schema, layout)`."""
    plain: Plain = copy.deepcopy(example())
    change(plain["schema"]["properties"], plain["schema"], plain["layout"])
    return plain


def findings(plain: Plain) -> list[tuple[str, str, str]]:
    found = check_form(Form.model_validate(plain), ("forms", 0))
    return [(".".join(map(str, one.address[2:])), one.what, one.allowed) for one in found]


def test_the_example_of_the_reference_page_is_sound() -> None:
    assert findings(example()) == []


@pytest.mark.parametrize(
    ("when", "what", "allowed"),
    [
        ("storeys + 1", "it gives a number", "true or false"),
        ("true", "it asks for no field", "storeys"),
        ("storeys >", "at column 10: the rule ends too early", "a number"),
        ("hour > 8", "at column 1: there is no name 'hour'", "storeys"),
        ("seen_on == '2026-07-01'", "at column 12: '==' was given a text", "a number"),
    ],
)
def test_a_check_asks_the_fields_of_its_own_form_and_gives_a_truth(
    when: str, what: str, allowed: str
) -> None:
    plain = example() | {"checks": [{"when": when, "why": {"zh": "不", "en": "no"}}]}
    [(where, told, possible)] = findings(plain)
    assert (where, told) == ("checks.0.when", what)
    assert allowed in possible


def test_a_wrong_check_is_named_with_its_line(tmp_path: Any) -> None:
    text = PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    wrong = text.replace(", element: house-storeys", "").replace("storeys > 1", "storey > 1")
    loaded = load(write(tmp_path, {**FILES, "forms/smoking-building.yaml": wrong}))
    [problem] = [one for one in loaded.problems if "storey" in one.what]
    assert wrong.splitlines()[problem.line - 1].strip().startswith("- when: trapped_count")
    assert "did you mean 'storeys'" in problem.allowed


def test_a_pack_with_the_example_loads(tmp_path: Any) -> None:
    text = PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    files = {**FILES, "forms/smoking-building.yaml": text.replace(", element: house-storeys", "")}
    files["categories.yaml"] = files["categories.yaml"].replace(
        "words: [灯不亮],", "words: [灯不亮], form: smoking-building,"
    )
    loaded = load(write(tmp_path, files))
    assert [str(problem) for problem in loaded.problems] == []
    assert loaded.pack
    assert loaded.pack.forms[0].form_schema.properties["storeys"].maximum == 120


MISTAKES: list[tuple[Callable[[Plain, Plain, list[Plain]], object], str, str, str]] = [
    (
        lambda p, s, g: p["place_note"].pop("maxLength"),
        "schema.properties.place_note",
        "a text without an end",
        "maxLength",
    ),
    (
        lambda p, s, g: p.pop("caller") and g[2]["fields"].pop(),
        "checks.0.when",
        "at column 23: there is no name 'caller'",
        "gate_code",
    ),
    (
        lambda p, s, g: p["trapped_count"].update(type="string", maxLength=9),
        "checks.1.when",
        "at column 1: '<=' was given a text",
        "a number",
    ),
    (
        lambda p, s, g: p["trapped"].update(minimum=1),
        "schema.properties.trapped.minimum",
        "says nothing about a boolean",
        "no further keyword",
    ),
    (
        lambda p, s, g: p["storeys"].update(maxLength=3),
        "schema.properties.storeys.maxLength",
        "says nothing about a integer",
        "maximum, minimum",
    ),
    (
        lambda p, s, g: p["storeys"].update(minimum=121),
        "schema.properties.storeys.minimum",
        "is more than maximum",
        "maximum",
    ),
    (
        lambda p, s, g: p["inside"].pop("items"),
        "schema.properties.inside",
        "a list without choices",
        "items",
    ),
    (
        lambda p, s, g: p["inside"].update(minItems=4, maxItems=9),
        "schema.properties.inside.minItems",
        "minItems 4 of 3 choices",
        "at most 3",
    ),
    (
        lambda p, s, g: p["use"]["enum"].append("home"),
        "schema.properties.use.enum",
        "stands twice",
        "each once",
    ),
    (
        lambda p, s, g: p["use"].update(enum=["home", "shop", "a place"]),
        "schema.properties.use.enum",
        "'a place' is no key",
        "letters",
    ),
    (
        lambda p, s, g: p["seen_on"].update(maxLength=10),
        "schema.properties.seen_on.maxLength",
        "beside enum or format",
        "one of them",
    ),
    (
        lambda p, s, g: p["gate_code"].update(pattern="^(a+)+$"),
        "schema.properties.gate_code.pattern",
        "a group is repeated",
        "after a character or class",
    ),
    (
        lambda p, s, g: s["required"].append("floors"),
        "schema.required.3",
        "'floors' is required and is no property",
        "one of",
    ),
    (
        lambda p, s, g: p.update(extra={"type": "boolean"}),
        "schema.properties.extra",
        "is not laid out",
        "in 'layout'",
    ),
    (
        lambda p, s, g: g[1]["fields"].append(g[1]["fields"][0]),
        "layout.1.fields.5.key",
        "'storeys' is laid out twice",
        "each property once",
    ),
    (
        lambda p, s, g: g[1]["fields"][0].update(key="storey"),
        "layout.1.fields.0.key",
        "no property 'storey'",
        "did you mean 'storeys'",
    ),
    (
        lambda p, s, g: g[1]["fields"][1]["choices"].pop("shop"),
        "layout.1.fields.1.choices",
        "'shop' has no words",
        "{zh, en}",
    ),
    (
        lambda p, s, g: g[1]["fields"][1]["choices"].update(mill={"zh": "厂", "en": "Mill"}),
        "layout.1.fields.1.choices.mill",
        "not in the schema's enum",
        "factory, home, shop",
    ),
    (
        lambda p, s, g: g[1]["fields"][0].update(choices={"a": {"zh": "a", "en": "a"}}),
        "layout.1.fields.0.choices.a",
        "not in the schema's enum",
        "only beside enum",
    ),
    (
        lambda p, s, g: g[1]["fields"][0].update(widget="radio"),
        "layout.1.fields.0.widget",
        "does not fit a integer",
        "no widget",
    ),
    (
        lambda p, s, g: g[1]["fields"][1].update(widget="checks"),
        "layout.1.fields.1.widget",
        "does not fit a choice",
        "radio, select",
    ),
    (
        lambda p, s, g: g[0]["fields"][0].update(show_if={"field": "storeys", "in": [1]}),
        "layout.0.fields.0.show_if.field",
        "no earlier field is called 'storeys'",
        "nothing is defined",
    ),
    (
        lambda p, s, g: g[2].update(show_if={"field": "use", "in": ["mill"]}),
        "layout.2.show_if.in.0",
        "'use' is never mill",
        "factory",
    ),
    (
        lambda p, s, g: g[0]["fields"][1]["show_if"].update({"in": [1]}),
        "layout.0.fields.1.show_if.in.0",
        "'trapped' is never 1",
        "true, false",
    ),
    (
        lambda p, s, g: g[1]["fields"][1].update(show_if={"field": "storeys", "in": [500]}),
        "layout.1.fields.1.show_if.in.0",
        "'storeys' is never 500",
        "from 1 to 120",
    ),
    (
        lambda p, s, g: g[2].update(show_if={"field": "place_note", "in": ["x"]}),
        "layout.2.show_if.in.0",
        "'place_note' is never x",
        "a field with choices",
    ),
    (
        lambda p, s, g: g[1]["fields"][0].update(prefill="address"),
        "layout.1.fields.0.prefill",
        "'address' is a text",
        "a text field",
    ),
    (
        lambda p, s, g: g[1]["fields"][4].update(prefill="today"),
        "layout.1.fields.4.prefill",
        "'today' is a day",
        "format: date",
    ),
]


@pytest.mark.parametrize(("change", "where", "what", "allowed"), MISTAKES)
def test_a_mistake_is_named(
    change: Callable[[Plain, Plain, list[Plain]], object], where: str, what: str, allowed: str
) -> None:
    found = findings(changed(change))
    assert any(at == where and what in told and allowed in may for at, told, may in found), found


@pytest.mark.parametrize(
    "change",
    [
        lambda p, s, g: p["trapped"].update(description="?"),
        lambda p, s, g: p["trapped"].update(type="object"),
        lambda p, s, g: p["place_note"].update(maxLength=4001),
        lambda p, s, g: p["seen_on"].update(format="email"),
        lambda p, s, g: s.update(additionalProperties=True),
        lambda p, s, g: s.update(anyOf=[]),
        lambda p, s, g: g[0]["fields"][0].update(key="Trapped"),
    ],
)
def test_what_json_schema_may_say_elsewhere_is_no_key_here(
    change: Callable[[Plain, Plain, list[Plain]], object],
) -> None:
    with pytest.raises(ValidationError):
        Form.model_validate(changed(change))


@pytest.mark.parametrize(
    "pattern",
    ["^[0-9]{6}$", "^(浙|沪)[A-Z][A-Z0-9]{5,6}$", r"^[0-9]+(\.[0-9]{1,2})?$", "^a-?b$", "^[^ ]*$", r"^\+86$"],
)
def test_plain_patterns_are_taken(pattern: str) -> None:
    assert why_unsafe(pattern, 60) is None


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "a",
            "^a",
            "a$",
            "^(a|a)*$",
            "^(a+)+$",
            "^(a{1,9}){9}$",
            "^[0-9]*[0-9]*[0-9]*$",
            "^a**$",
            "^(?=a)a$",
        ),
        *(r"^\d+$", r"^(a)\1$", "^[$", "^(a$", "^a)$", "^.{1,9999}.{1,9999}$", "^a{2,1}$", "^[[a]]$"),
    ],
)
def test_patterns_that_could_keep_a_server_busy_are_not(pattern: str) -> None:
    assert why_unsafe(pattern, 60)
    assert why_unsafe("^[0-9]$", 201)


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("    form: smoking-building\n", "'dispatch' has a form and asks for none"),
        ("    may: [form]\n", "'dispatch' may be given a form and names none"),
    ],
)
def test_a_step_asks_the_form_that_it_has(tmp_path: Any, more: str, what: str) -> None:
    form = PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    files = {**FILES, "forms/smoking-building.yaml": form.replace(", element: house-storeys", "")}
    name = "procedures/short.yaml"
    files[name] = files[name].replace("    effects: [assign]\n", "    effects: [assign]\n" + more, 1)
    problems = [problem for problem in load(write(tmp_path, files)).problems if problem.what == what]
    assert [problem.file for problem in problems] == [name]
    assert problems[0].line
