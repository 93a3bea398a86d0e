"""Lists that staff a node, from CSV."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from gezhi.ledger.models import Entry
from gezhi.people.access import actor_of
from gezhi.people.models import Account, Admission, Post, Responsibility, Unit
from tests.cast import CITY, HAISHU, LAMP, LINGXIA, NANMEN, WANAN, Cast
from tests.house.tree import ROOT
from tests.people.test_cli import run

UNITS = (
    "code,name,name_en,place_code,functions\n"
    f"parks,园林局,Parks,{HAISHU},landscape; sanitation\n"
    f"hall,南门街道,,{NANMEN},\n"
)
POSTS = (
    "username,name,unit_code,role,place_code,valid_from,valid_to\n"
    f"zhou,周园,centre,dispatcher,{HAISHU},2026-01-01,\n"
    f"zhou,周园,wanan,grid-worker,{WANAN}001,2026-01-01,2026-02-01\n"
)
DUTIES = (
    "category,level,function,valid_from,source\n"
    f"{LAMP},2,power,2026-01-01,清单\n"
    "*,town,sanitation,2026-01-01,清单\n"
)
ADMISSIONS = f"category,place_code,admitted,valid_from,source\n{LAMP},{HAISHU},否,2026-01-01,准入清单\n"
LISTS = {"units": UNITS, "posts": POSTS, "duties": DUTIES, "admissions": ADMISSIONS}
Save = Callable[..., str]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def save(text: str, encoding: str = "utf-8") -> str:
        path = tmp_path / "list.csv"
        path.write_bytes(text.encode(encoding))
        return str(path)

    return save


def entries() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_is_loaded_in_one_entry_and_a_second_time_changes_nothing(
    city: Cast, save: Save, kind: str
) -> None:
    before, file = entries(), save(LISTS[kind])
    first = run("import", file, "--kind", kind)
    assert first.exit_code == 0, first.output
    rows = LISTS[kind].count("\n") - 1
    assert first.output == f"{rows} new, 0 changed, 0 unchanged.\n"
    assert entries() == [*before, f"people.{kind}-imported"]
    assert Entry.objects.latest("id").configures
    assert run("import", file, "--kind", kind).output == f"0 new, 0 changed, {rows} unchanged.\n"
    assert len(entries()) == len(before) + 1


@pytest.mark.parametrize("kind", LISTS)
def test_a_dry_run_writes_nothing(city: Cast, save: Save, kind: str) -> None:
    before = entries(), Unit.objects.count(), Post.objects.count(), Account.objects.count()
    assert "Nothing was written" in run("import", save(LISTS[kind]), "--kind", kind, "--dry-run").output
    assert (entries(), Unit.objects.count(), Post.objects.count(), Account.objects.count()) == before


def test_units_are_changed_by_code(city: Cast, save: Save) -> None:
    run("import", save(UNITS), "--kind", "units")
    done = run("import", save(UNITS.replace("landscape; sanitation", "water")), "--kind", "units")
    assert done.output == "0 new, 1 changed, 1 unchanged.\n"
    parks = Unit.objects.get(code="parks")
    assert (parks.name, parks.name_en, parks.place_code, parks.functions) == (
        "园林局",
        "Parks",
        HAISHU,
        ["water"],
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_lists_are_read_in_the_encodings_of_spreadsheets(city: Cast, save: Save, encoding: str) -> None:
    assert run("import", save(UNITS, encoding), "--kind", "units").exit_code == 0
    assert Unit.objects.get(code="parks").name == "园林局"


def test_posts_open_accounts_that_cannot_sign_in_until_they_have_a_password(city: Cast, save: Save) -> None:
    run("import", save(POSTS), "--kind", "posts")
    zhou = Account.objects.get(username="zhou")
    assert (zhou.name, zhou.has_usable_password(), zhou.is_active) == ("周园", False, True)
    assert [post.role for post in actor_of(zhou, timezone.localdate()).posts] == ["dispatcher"]


def test_a_post_gets_its_last_day_by_another_import(city: Cast, save: Save) -> None:
    run("import", save(POSTS), "--kind", "posts")
    ended = POSTS.replace("2026-01-01,\n", "2026-01-01,2026-03-01\n")
    assert run("import", save(ended), "--kind", "posts").output == "0 new, 1 changed, 1 unchanged.\n"
    assert not actor_of(Account.objects.get(username="zhou"), timezone.localdate()).posts


def test_a_known_person_keeps_the_password(city: Cast, save: Save) -> None:
    before = city.account("handler").password
    line = f"handler,处置员大张,centre,verifier,{CITY},2026-01-01,\n"
    assert run("import", save(POSTS.splitlines()[0] + "\n" + line), "--kind", "posts").exit_code == 0
    assert (city.account("handler").name, city.account("handler").password) == ("处置员大张", before)


def test_duties_and_admissions_are_in_force(city: Cast, save: Save) -> None:
    run("import", save(DUTIES), "--kind", "duties")
    run("import", save(ADMISSIONS), "--kind", "admissions")
    duties = Responsibility.objects.values_list("category", "level", "function")
    assert set(duties) == {(LAMP, 2, "power"), ("*", 3, "sanitation")}
    assert list(Admission.objects.values_list("category", "place_code", "admitted")) == [
        (LAMP, HAISHU, False)
    ]


BAD = {
    "units": (
        "code,name,place_code,functions\n"
        f"parks,园林局,{LINGXIA[:-1]}9,landscape moon\n"
        f"hall,,{NANMEN},\n"
        f"parks x,y,{NANMEN},\n",
        [
            "line 2, functions: 'moon' is no function. Known: ",
            f"line 2, place_code: '{LINGXIA[:-1]}9' is no place of this node.",
            "line 3, name: is empty",
            "line 4, code: 'parks x' holds a space",
            "4 faults. Nothing was written",
        ],
    ),
    "posts": (
        POSTS + f"li,李,moon,king,{HAISHU},01/02/2026,\nli,李,centre,leader,{HAISHU},2026-02-01,2026-02-01\n"
        f"zhou,周周,centre,leader,{HAISHU},2026-01-01,\n",
        [
            "line 4, unit_code: 'moon' is no unit of this node",
            "line 4, role: 'king' is no role. Roles are grid-worker",
            "line 4, valid_from: '01/02/2026' is no day like",
            "line 5, valid_to: 2026-02-01 is not after 2026-02-01",
        ],
    ),
    "duties": (
        DUTIES + f"moon,9,moon,,\n{LAMP},county,power,2026-01-01,清单\n",
        [
            "line 4, category: 'moon' is no category",
            "line 4, level: '9' is no level. Levels are province",
            "line 4, function: 'moon' is no function",
            "line 4, valid_from: is empty",
            "line 4, source: is empty",
            "line 5, category: line 2 says this already",
        ],
    ),
    "admissions": (
        ADMISSIONS + f"*,{NANMEN},maybe,2026-01-01,清单\n",
        [
            "line 3, category: '*' is no category",
            "line 3, admitted: 'maybe' is no yes or no. Write yes or no",
        ],
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_every_bad_row_and_field_is_named_and_nothing_is_written(city: Cast, save: Save, kind: str) -> None:
    before, (text, faults) = entries(), BAD[kind]
    refused = run("import", save(text), "--kind", kind)
    assert refused.exit_code == 1
    assert [words for words in faults if words not in refused.output] == []
    assert entries() == before
    assert not Unit.objects.filter(code="hall").exists()
    assert not Account.objects.filter(username="zhou").exists()


def test_one_person_has_one_name_and_holds_a_post_once_at_a_time(city: Cast, save: Save) -> None:
    run("import", save(POSTS), "--kind", "posts")
    head = POSTS.splitlines()[0]
    again = f"{head}\nzhou,周园,centre,dispatcher,{HAISHU},2026-06-01,\nzhou,周周,centre,leader,{HAISHU},2026-06-01,\n"
    refused = run("import", save(again), "--kind", "posts").output
    assert "line 3, name: 'zhou' is called 周园 in line 2" in refused
    assert "line 2, valid_from: this post is held from 2026-01-01 on and again from 2026-06-01" in refused


def test_a_post_that_ends_may_begin_again_in_one_list(city: Cast, save: Save) -> None:
    run("import", save(POSTS), "--kind", "posts")
    post = f"zhou,周园,centre,dispatcher,{HAISHU}"
    moved = f"{POSTS.splitlines()[0]}\n{post},2026-01-01,2026-06-01\n{post},2026-06-01,\n"
    assert run("import", save(moved), "--kind", "posts").output == "1 new, 1 changed, 0 unchanged.\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The first line must name the columns code, name, place_code"),
        ("code,name\n", "Found: code, name."),
        ("code,name,place_code,colour\n", "Found: code, name, place_code, colour."),
        ("code,name,place_code\na,b,c,d\n", "line 2 has 4 cells for 3 columns"),
        ("code,name,place_code\n,,\n", "holds no rows"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused(city: Cast, save: Save, text: str, words: str) -> None:
    refused = run("import", save(text), "--kind", "units")
    assert refused.exit_code == 1
    assert words in refused.output


def test_a_file_in_another_encoding_is_refused(city: Cast, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"code,name,place_code\na,\xff\xff,c\n")
    assert "neither UTF-8 nor GBK" in run("import", str(path), "--kind", "units").output


def test_cells_that_the_database_cannot_hold_are_named(city: Cast, save: Save) -> None:
    text = f"code,name,place_code\nparks,园\0林,{HAISHU}\nhall,{'长' * 121},{HAISHU}\n"
    refused = run("import", save(text), "--kind", "units").output
    assert "line 2, name: has 3 characters or a NUL" in refused
    assert "line 3, name: has 121 characters" in refused


@pytest.mark.parametrize("kind", LISTS)
def test_the_examples_of_the_documents_are_good(city: Cast, kind: str) -> None:
    run("import", str(ROOT / "docs/examples/units.csv"), "--kind", "units")
    done = run("import", str(ROOT / f"docs/examples/{kind}.csv"), "--kind", kind, "--dry-run")
    assert done.exit_code == 0, done.output
