"""The form of a category is asked of residents, operators and grid workers; that of a step on the case's page."""

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from gezhi.cases.actions import act
from gezhi.cases.models import Case, CaseEvent, Report
from gezhi.cases.procedure import Given, Refused
from gezhi.ledger.entries import salted
from gezhi.ledger.models import Entry
from gezhi.lib.json_text import sorted_json
from gezhi.packs.forms import KnownValue, read_answers
from gezhi.packs.shapes import Form
from gezhi.pages.forms import form_view
from tests import cast
from tests.packs.forms import example, smoking_building
from tests.pages.asked_pack import FIRE, publish_asking

RIGHT = {
    "asked": "smoking-building",
    "form.trapped": "true",
    "form.trapped_count": "2",
    "form.storeys": "6",
    "form.inside": ["gas", "battery"],
    "form.seen_on": "2026-07-01",
    "form.gate_code": "hidden",
}
KEPT = {
    "trapped": True,
    "trapped_count": 2,
    "storeys": 6,
    "inside": ["gas", "battery"],
    "seen_on": "2026-07-01",
}
BASE = {"source_id": "s-1", "text": "楼上在冒烟", "address": "解放南路 12 号", "category": FIRE}
FACES = [
    ("", "/report/", BASE),
    ("operator", "/desk/hotline/", BASE),
    ("grid-worker", "/field/report/", BASE | {"place_code": f"{cast.WANAN}001"}),
]
Entered = Callable[[str], Client]


@pytest.fixture
def entered(city: cast.Cast, tmp_path: Path) -> Entered:
    """A browser in which this member of the cast has signed in; "" is a resident."""
    publish_asking(tmp_path)

    def enter(username: str) -> Client:
        client = Client()
        if username:
            client.force_login(city.account(username))
        return client

    return enter


FIELDS = st.sampled_from(list(smoking_building().form_schema.properties))


@given(st.dictionaries(FIELDS, st.lists(st.text(), max_size=3), max_size=9))
def test_whatever_was_typed_is_shown_again(raw: dict[str, list[str]]) -> None:
    form = smoking_building()
    view = form_view(form, raw, read_answers(form, raw).faults, facts={"address": "南路"})
    controls = every_control_is_labelled(render_to_string("components/form.html", {"form": view}))
    assert {name for _, name, _ in controls.controls} == {
        f"form.{key}" for key in form.form_schema.properties
    }


class Controls(HTMLParser):
    """What a screen reader is told of each control: by label, or by the legend of its group."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.labels: set[str] = set()
        self.described: set[str] = set()
        self.links: set[str] = set()
        self.controls: list[tuple[str, str, bool]] = []  # (id, name, inside a label)
        self._in_label = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if held.get("id"):
            assert held["id"] not in self.ids, f"{held['id']} stands twice"
            self.ids.add(str(held["id"]))
        self.described |= set((held.get("aria-describedby") or "").split())
        if tag == "a" and (held.get("href") or "").startswith("#"):
            self.links.add(str(held["href"])[1:])
        if tag == "label":
            self._in_label += 1
            self.labels.add(held.get("for") or "")
        if tag in ("input", "select", "textarea") and (held.get("name") or "").startswith("form."):
            self.controls.append((held.get("id") or "", str(held["name"]), self._in_label > 0))

    def handle_endtag(self, tag: str) -> None:
        self._in_label -= tag == "label"


def read(page: str) -> Controls:
    controls = Controls()
    controls.feed(page)
    return controls


def every_control_is_labelled(page: str) -> Controls:
    read_ = read(page)
    assert read_.controls
    for pk, name, inside in read_.controls:
        assert inside or pk in read_.labels, f"{name} has no label"
    assert read_.described <= read_.ids
    assert read_.links - {"main"} <= read_.ids
    return read_


@pytest.mark.parametrize(("username", "path", "base"), FACES)
def test_choosing_a_category_asks_its_form_with_a_label_for_each_field(
    entered: Entered, username: str, path: str, base: dict[str, str]
) -> None:
    answer = entered(username).post(path, base | {"ask": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "有人被困吗" in page
    assert "仅当“有人被困吗”为“是”时填写" in page
    assert {"form.storeys", "form.trapped", "form.gate_code"} <= every_control_is_labelled(page).ids
    assert not Report.objects.exists()


@pytest.mark.parametrize(("username", "path", "base"), FACES)
def test_who_has_not_seen_the_form_is_asked_before_the_report_goes(
    entered: Entered, username: str, path: str, base: dict[str, str]
) -> None:
    page = entered(username).post(path, base).content.decode()
    assert "还有几个问题" in page
    assert BASE["text"] in page
    assert not Report.objects.exists()


@pytest.mark.parametrize(("username", "path", "base"), FACES)
def test_answers_are_kept_with_the_report_without_what_is_hidden(
    entered: Entered, username: str, path: str, base: dict[str, str]
) -> None:
    entered(username).post(path, base | RIGHT)
    report = Report.objects.get()
    assert (report.attributes, report.case.category) == (KEPT, FIRE)


@pytest.mark.parametrize(("username", "path", "base"), FACES)
def test_a_wrong_answer_is_named_linked_and_kept(
    entered: Entered, username: str, path: str, base: dict[str, str]
) -> None:
    answer = entered(username).post(path, base | RIGHT | {"form.storeys": "sechs"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["faults"] == {"form.storeys": "层数：请填整数"}
    assert "form.storeys" in every_control_is_labelled(page).links
    assert 'value="sechs"' in page
    assert 'aria-invalid="true"' in page
    assert not Report.objects.exists()


def test_answers_that_do_not_fit_together_are_told_at_a_field(entered: Entered) -> None:
    crowded = {"form.trapped": "true", "form.trapped_count": "300", "form.storeys": "1"}
    for username, path, base in FACES:
        answer = entered(username).post(path, base | RIGHT | crowded)
        assert answer.status_code == 422
        assert answer.context["faults"] == {"form.trapped_count": "被困人数：平房里不会有这么多人"}
    assert not Report.objects.exists()


def test_only_the_operator_may_leave_required_answers_out(entered: Entered) -> None:
    empty = {"asked": "smoking-building"}
    for username, path, base in FACES:
        answer = entered(username).post(path, base | empty)
        missing = {} if username == "operator" else {"form.trapped", "form.storeys", "form.seen_on"}
        assert set((answer.context.get("faults") if answer.context else None) or {}) == set(missing)
    assert [one.source for one in Report.objects.all()] == ["hotline"]


def test_the_form_begins_with_what_the_report_says(entered: Entered) -> None:
    page = entered("").post("/report/", BASE | {"reporter_name": "小林", "ask": "1"}).content.decode()
    assert 'data-prefill="address">解放南路 12 号</textarea>' in page
    assert 'name="form.caller" maxlength="60" value="小林"' in page


def test_a_link_may_name_the_category(entered: Entered) -> None:
    assert "有人被困吗" in entered("").get(f"/report/?category={FIRE}").content.decode()
    assert entered("").get("/report/?category=nothing").status_code == 200


def test_a_category_without_a_form_asks_nothing_more(entered: Entered) -> None:
    entered("").post("/report/", BASE | {"category": cast.LAMP, "form.storeys": "6"})
    assert Report.objects.get().attributes == {}


def test_a_page_without_forms_asks_for_no_category(client: Client, city: cast.Cast) -> None:
    assert 'name="category"' not in client.get("/report/").content.decode()


def test_a_known_element_is_shown_and_can_be_corrected() -> None:
    plain = example()
    plain["layout"][1]["fields"][0]["element"] = "house-storeys"  # type: ignore[index]
    view = form_view(
        Form.model_validate(plain), {}, known={"house-storeys": KnownValue("6 层", source="走访")}
    )
    page = render_to_string("components/form.html", {"form": view})
    assert "6 层" in page
    assert "<details><summary" in page
    every_control_is_labelled(page)


def test_forms_on_one_page_have_ids_of_their_own() -> None:
    views = [form_view(smoking_building(), {}, prefix=f"{step}-form.") for step in ("a", "b")]
    every_control_is_labelled(
        "".join(render_to_string("components/form.html", {"form": one}) for one in views)
    )


def opened(city: cast.Cast) -> str:
    """The number of a case with one report that answered the form."""
    client = Client()
    client.post("/report/", BASE | RIGHT | {"address": "万安社区 3 栋"})
    return str(Report.objects.get().case.number)


def test_answers_stand_under_the_report_and_in_the_step(entered: Entered, city: cast.Cast) -> None:
    client, number = entered("dispatcher"), opened(city)
    address = f"/desk/cases/{number}/"
    page = client.get(address).content.decode()
    assert "<dt>里面有</dt><dd>煤气罐、电动车电池</dd>" in page
    assert {"note-form.storeys"} <= every_control_is_labelled(page).ids
    form = {key: value for key, value in RIGHT.items() if key != "asked"} | {"form.storeys": "9"}
    answer = client.post(address, form | {"step": "note", "version": "1"}, follow=True)
    assert "<dt>层数</dt><dd>9</dd>" in answer.content.decode()
    assert CaseEvent.objects.get(transition="note").facts["form"] == KEPT | {"storeys": 9}


def test_answers_are_proven_by_the_ledger_without_standing_in_it(entered: Entered, city: cast.Cast) -> None:
    client, number = entered("dispatcher"), opened(city)
    form = {key: value for key, value in RIGHT.items() if key != "asked"}
    client.post(f"/desk/cases/{number}/", form | {"step": "note", "version": "1"})
    report, event = Report.objects.get(), CaseEvent.objects.get(transition="note")
    proofs = {
        "case.report": salted(bytes(report.salt), sorted_json(report.attributes)),
        "case.correct": salted(bytes(event.salt), sorted_json(event.facts["form"])),
    }
    for kind, proof in proofs.items():
        body = bytes(Entry.objects.get(kind=kind).body).decode()
        assert proof in body
        assert "storeys" not in body


def test_a_wrong_answer_to_a_step_is_shown_at_its_field(entered: Entered, city: cast.Cast) -> None:
    client, number = entered("dispatcher"), opened(city)
    answer = client.post(
        f"/desk/cases/{number}/",
        {"step": "note", "version": "1", "form.storeys": "0", "form.trapped": "false"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert {"note-form.storeys", "note-form.seen_on"} <= every_control_is_labelled(page).links
    assert "层数：不能小于 1" in page
    assert not CaseEvent.objects.filter(transition="note").exists()


def test_a_step_refuses_wrong_answers_whoever_sends_them(entered: Entered, city: cast.Cast) -> None:
    entered("")
    opened(city)
    case = Case.objects.get()
    with pytest.raises(Refused) as refused:
        act(city.actor("dispatcher"), case.pk, "note", Given(form={"storeys": 0, "roof": 1}))
    assert refused.value.code == "bad-form"
    for words in ("storeys must be at least 1", "roof is not asked", "trapped needs an answer"):
        assert words in refused.value.en
