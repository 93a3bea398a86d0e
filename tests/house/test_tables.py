"""A table that may be wider than its screen scrolls in a box that keys reach and that says its name."""

from tests.house.tree import files_under

BY_HAND = 'class="tablebox"'
LISTS = ("_rows.html", "home.html")  # lists of cases fold on a phone, and each row is a link


def test_every_wide_table_stands_in_the_box_that_scrolls() -> None:
    pages = (path for path in files_under("src/gezhi", suffixes=(".html",)) if path.name not in LISTS)
    boxed = [path for path in pages if BY_HAND in path.read_text()]
    assert [path.name for path in boxed] == ["scrolls.html"], (
        "Write: <div {% include 'components/scrolls.html' only %}>"
    )
