"""One set of lookups over every published version."""

from datetime import date
from pathlib import Path

import pytest

from gezhi.packs.catalogue import Catalogue, NotInCatalogue, Published, catalogue_of
from gezhi.packs.loading import read_pack
from gezhi.packs.shapes import Closing, Limit, Pack, Parameter, Rule, Words
from tests.packs.small import FILES, write


def second_version(pack: Pack) -> Pack:
    """Without `hole`, with a new title of the procedure."""
    procedure = pack.procedures[0]
    title = procedure.title.model_copy(update={"en": "Shorter"})
    return pack.model_copy(
        update={
            "manifest": pack.manifest.model_copy(update={"version": "2.0.0"}),
            "categories": pack.categories[:1],
            "procedures": (procedure.model_copy(update={"title": title}),),
        }
    )


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return read_pack(write(tmp_path, FILES))


@pytest.fixture
def catalogue(pack: Pack) -> Catalogue:
    return catalogue_of([Published(1, pack, False), Published(2, second_version(pack), True)])


def test_new_cases_open_with_the_active_version(catalogue: Catalogue) -> None:
    assert catalogue.pack_version_id("lamp") == 2
    assert catalogue.procedure_of("lamp").title.en == "Shorter"


def test_an_open_case_keeps_the_procedure_of_its_version(catalogue: Catalogue) -> None:
    assert catalogue.procedure(1, "short").title.en == "Short"
    assert catalogue.message(1, "received").text.en == "{number} has arrived"


def test_a_retired_category_has_a_name_but_opens_no_case(catalogue: Catalogue) -> None:
    assert catalogue.category("hole").name.zh == "坑洞"
    assert "hole" not in catalogue.categories
    with pytest.raises(NotInCatalogue, match="active category 'hole'"):
        catalogue.pack_version_id("hole")


def test_an_unknown_key_is_named(catalogue: Catalogue) -> None:
    with pytest.raises(NotInCatalogue, match="no category 'nothing'"):
        catalogue.category("nothing")


@pytest.mark.parametrize(
    ("day", "length"),
    [
        (date(2026, 6, 1), "1 working days"),
        (date(2026, 8, 31), "1 working days"),
        (date(2026, 9, 1), "4 working hours"),
        (date(2027, 1, 1), "4 working hours"),
    ],
)
def test_the_limit_of_a_day_is_the_one_in_force(catalogue: Catalogue, day: date, length: str) -> None:
    limit = catalogue.limit("handling.normal", day)
    assert limit is not None
    assert limit.length == length


def test_a_limit_that_no_pack_has_is_none(catalogue: Catalogue) -> None:
    assert catalogue.limit("handling.never", date(2026, 7, 1)) is None


@pytest.mark.parametrize("words", ["路灯", "LAMP", "灯不亮", "00001", "lamp 00001"])
def test_categories_are_found_by_any_of_their_words(catalogue: Catalogue, words: str) -> None:
    assert [category.key for category in catalogue.search(words)] == ["lamp"]


def test_every_word_must_be_there(catalogue: Catalogue) -> None:
    assert catalogue.search("lamp hole") == []


def test_categories_stand_under_their_groups(catalogue: Catalogue) -> None:
    [(group, categories)] = catalogue.by_group()
    assert (group.key, [category.key for category in categories]) == ("street", ["lamp"])


def test_a_part_is_in_the_catalogue_but_nothing_to_report(pack: Pack) -> None:
    part = pack.categories[1].model_copy(update={"kind": "part"})
    with_part = pack.model_copy(update={"categories": (pack.categories[0], part)})
    catalogue = catalogue_of([Published(1, with_part, True)])
    assert "hole" in catalogue.categories
    assert [category.key for category in catalogue.reportable] == ["lamp"]


def test_an_empty_catalogue_answers(catalogue: Catalogue) -> None:
    empty = catalogue_of([])
    assert (empty.fallback_category, empty.search("lamp"), empty.by_group()) == ("", [], [])
    assert catalogue.fallback_category == "lamp"


def richer(pack: Pack) -> Pack:
    """With a closing, a rule, an element and a number."""
    title = Words(zh="试", en="Try")
    number = Limit(since=date(2026, 7, 1), number=0.2, source="tests")
    return pack.model_copy(
        update={
            "closings": (Closing(key="seen", title=title),),
            "rules": (Rule(key="late", title=title, when="hour > 22", limits="normal"),),
            "parameters": (*pack.parameters, Parameter(key="callback-share", title=title, values=(number,))),
        }
    )


def test_what_a_version_says_of_closing_and_opening_is_found_by_it(pack: Pack) -> None:
    catalogue = catalogue_of([Published(1, pack, False), Published(2, richer(pack), True)])
    closing = catalogue.closing(2, "seen")
    assert closing is not None
    assert closing.within_metres is None
    assert (catalogue.closing(1, "seen"), catalogue.closing(2, None)) == (None, None)
    assert [rule.key for rule in catalogue.rules_of(2)] == ["late"]
    assert catalogue.rules_of(1) == ()


def test_a_number_is_read_by_its_day_and_a_length_is_none(pack: Pack) -> None:
    catalogue = catalogue_of([Published(1, richer(pack), True)])
    assert catalogue.number("callback-share", date(2026, 8, 1)) == 0.2
    assert catalogue.number("rating", date(2026, 8, 1)) is None
    assert catalogue.number("nothing", date(2026, 8, 1)) is None


def test_an_unknown_form_or_document_is_named(catalogue: Catalogue) -> None:
    with pytest.raises(NotInCatalogue, match="no form 'f'"):
        catalogue.form(2, "f")
    with pytest.raises(NotInCatalogue, match="no document 'd'"):
        catalogue.document(2, "d")


def test_active_packs_are_found_by_name_and_by_category(catalogue: Catalogue) -> None:
    assert catalogue.packs["small"].id == 2
    assert catalogue.pack_of("lamp").manifest.version == "2.0.0"
    assert catalogue.version(1).pack.manifest.version == "1.0.0"
