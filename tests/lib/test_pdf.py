"""Paper: what a reader that we did not write finds in it."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pypdf
import pytest

from gezhi.lib.pdf import (
    Bars,
    Block,
    Doc,
    Facts,
    Footer,
    Heading,
    Note,
    Paragraph,
    Picture,
    Signatures,
    Table,
    render_pages,
    render_pdf,
    written,
)
from tests.cast import picture

DAY = datetime(2026, 7, 18, tzinfo=UTC)
MARKUP = '#import "@preview/x" #panic() $ x^2 $ \\ * _a_ ` <b> [c] {d} " \' // /* @e = 1 + 2 - ~'
FOOTER = Footer("宁波市社会治理中心", "ABCD-EFGH-JKLM", "http://localhost/verify/ABCDEFGHJKLM")


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def text_of(*blocks: Block, language: str = "zh") -> str:
    pages = read(render_pdf(Doc("告知书", blocks), language=language, footer=FOOTER)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "").replace("\u200b", "")


def fonts_in(reader: pypdf.PdfReader) -> list[pypdf.generic.DictionaryObject]:
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    return [inner.get_object() for font in fonts for inner in font["/DescendantFonts"]]


def test_every_kind_of_block_is_read_again() -> None:
    text = text_of(
        Heading("一、事由"),
        Paragraph("第一段。\n第二段。"),
        Facts([("案件编号", "2026071800000012")]),
        Table(["时间", "步骤"], [["09:30", "派遣"], ["10:00"]]),
        Bars([("海曙", 3, "三件")]),
        Note("说明"),
        Signatures(["签收人"]),
        Picture(picture(), caption="处置后"),
    )
    words = "告知书 一、事由 第一段。第二段。 案件编号 2026071800000012 时间 派遣 10:00 海曙 三件 说明 签收人 处置后"
    assert [word for word in words.split() if word not in text] == []


def test_the_footer_says_the_code_and_the_page() -> None:
    text = text_of(Paragraph("一"))
    assert "核验码 ABCD-EFGH-JKLM" in text and "第1页 共1页".replace(" ", "") in text.replace(" ", "")


def test_an_english_document_counts_its_pages_in_english() -> None:
    assert "Page 1 of 1" in text_of(Paragraph("One"), language="en")


def test_what_looks_like_markup_is_printed_as_it_is() -> None:
    kept = text_of(Paragraph(MARKUP), Facts([(MARKUP, MARKUP)]), Table([MARKUP], [[MARKUP]]))
    assert kept.replace(" ", "").count(MARKUP.replace(" ", "")) == 5


@pytest.mark.parametrize("long", ["字" * 10_000, "a" * 10_000, "字a, " * 2_500])
def test_ten_thousand_characters_are_all_there(long: str) -> None:
    plain = text_of(Paragraph(long)).replace(" ", "")
    assert plain.count("字") == long.count("字") and plain.count("a") >= long.count("a")


def test_chinese_glyphs_are_embedded() -> None:
    fonts = fonts_in(read(render_pdf(Doc("告知书", [Paragraph("正文")]))))
    assert {str(font["/BaseFont"]).partition("+")[2] for font in fonts} >= {"NotoSerifSC-Regular"}
    assert all("/FontFile3" in font["/FontDescriptor"].get_object() for font in fonts)  # type: ignore[operator]


def test_rare_names_are_printed_and_what_no_font_has_is_spelled_out() -> None:
    assert written("䶮㛃𬭚") == "䶮㛃𬭚"
    assert written("𠮷😀👩‍🚒") == "[U+20BB7][U+1F600][U+1F469][U+1F692]"
    assert "[U+1F600]" in text_of(Paragraph("😀"))


def test_marks_that_turn_the_reading_direction_are_left_out() -> None:
    assert written("罚款\u202e001\u202c元\x00") == "罚款001元"


def test_the_same_document_gives_the_same_bytes() -> None:
    doc = Doc("告知书", [Paragraph("正文"), Picture(picture())], number="甬治告〔2026〕12号")
    made = {render_pdf(doc, footer=FOOTER, at=DAY) for _ in range(3)}
    assert len(made) == 1
    assert render_pdf(Doc("告知书", [Paragraph("正丈")]), at=DAY) not in made


def test_a_table_of_a_thousand_rows_repeats_its_header() -> None:
    table = Table(["序", "单位"], [[str(n), "海曙区"] for n in range(1000)], align=["right"])
    pages = read(render_pdf(Doc("月报", [table], landscape=True, dense=True))).pages
    assert len(pages) > 10 and all("单位" in page.extract_text() for page in pages)
    width, height = pages[0].mediabox[2:]
    assert width > height


def test_a_page_can_be_looked_at() -> None:
    assert render_pages(Doc("告知书", [Paragraph("正文")]))[0].startswith(b"\x89PNG")


def test_threads_set_documents_beside_each_other() -> None:
    docs = [Doc(f"告知书 {n}", [Paragraph("正文" * n)]) for n in range(1, 9)]
    alone = [render_pdf(doc) for doc in docs]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(render_pdf, docs)) == alone
