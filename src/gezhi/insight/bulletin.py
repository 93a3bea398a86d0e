"""A published appraisal as plain data: the figures as they stood, the formulas, and how many each rests on; and as a
workbook and as paper. Pure."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Final

from openpyxl import Workbook
from pydantic import BaseModel, ConfigDict

from gezhi.insight.counts import BY_KEY, MINUTES
from gezhi.insight.marking import Mark, Method, spelled
from gezhi.lib.pdf import Bars, Doc, Heading, Note, Paragraph, Table
from gezhi.lib.pdf.shapes import Side
from gezhi.packs.shapes import Appraisal, Indicator, Words

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MOST_BARS: Final = 20
Number = float | None
Row = list[str | float | None]
Pair = tuple[str, str]  # Chinese, English


class Shown(BaseModel):
    """One row of a bulletin."""

    model_config = ConfigDict(frozen=True)
    key: str
    name: Pair
    rank: int | None
    points: Number
    sure: Number
    n: float
    values: dict[str, Number]
    counts: dict[str, float]


class Content(BaseModel):
    """What a bulletin says. `trend`: of the whole, oldest period first. `rows`: ranked first."""

    model_config = ConfigDict(frozen=True)
    appraisal: Appraisal
    indicators: tuple[Indicator, ...]
    period: str
    since: str
    until: str
    whole: Shown
    rows: tuple[Shown, ...]
    trend: tuple[tuple[str, Number, float], ...] = ()


def shown(mark: Mark, name: Pair, counts: Mapping[str, float]) -> Shown:
    values = {key: value.value for key, value in mark.values.items()}
    return Shown(
        key=mark.key,
        name=name,
        rank=mark.rank,
        points=mark.points,
        sure=mark.sure,
        n=mark.n,
        values=values,
        counts={key: value for key, value in counts.items() if value},
    )


def count_names(english: bool) -> dict[str, str]:
    names = {key: count.name_en if english else count.name_zh for key, count in BY_KEY.items()}
    return names | {MINUTES: "Minutes to receive" if english else "接收用时（分）"}


def said(words: Words | Pair, english: bool) -> str:
    zh, en = (words.zh, words.en) if isinstance(words, Words) else words
    return en or zh if english else zh


def formula_words(method: Method, english: bool) -> list[tuple[str, str, str]]:
    """(title, formula in words, source): the points first, then each indicator."""
    titles = {one.key.replace("-", "_"): said(one.title, english) for one in method.indicators}
    appraisal, names = method.appraisal, count_names(english)
    points = (said(appraisal.title, english), spelled(appraisal.points, titles), appraisal.source)
    return [
        points,
        *((said(one.title, english), spelled(one.formula, names), one.source) for one in method.indicators),
    ]


def value_words(value: Number, indicator: Indicator) -> str:
    """92.3 %, 1.5, or a dash where it is unknown."""
    if value is None:
        return "–"
    return f"{value * 100:.1f}%" if indicator.shown_as == "percent" else f"{value:.4g}"


class Tables:
    """The tables of a bulletin in one language."""

    def __init__(self, content: Content, english: bool = False) -> None:
        self.content, self.english = content, english

    def say(self, zh: str, en: str) -> str:
        return en if self.english else zh

    @property
    def title(self) -> str:
        words = said(self.content.appraisal.title, self.english)
        return self.say(f"{words}通报", f"Bulletin: {words}")

    def ranking(self) -> tuple[list[str], list[Row]]:
        heads = [self.say("名次", "Rank"), self.say("单位", "Unit"), self.say("得分", "Points")]
        heads += [self.say("稳健得分", "Sure points"), "n"]
        heads += [said(one.title, self.english) for one in self.content.indicators]
        return heads, [self._row(row) for row in [*self.content.rows, self.content.whole]]

    def _row(self, row: Shown) -> Row:
        points = [None if number is None else round(number, 2) for number in (row.points, row.sure)]
        values = [value_words(row.values.get(one.key), one) for one in self.content.indicators]
        rank = row.rank if row.rank is not None else self.say("不排名", "unranked")
        return [rank if row.key else "", said(row.name, self.english), *points, int(row.n), *values]

    def counts(self) -> tuple[list[str], list[Row]]:
        names = count_names(self.english)
        used = [key for key in names if any(row.counts.get(key) for row in self.content.rows)]
        rows: list[Row] = [
            [said(row.name, self.english), *(row.counts.get(key, 0.0) for key in used)]
            for row in [*self.content.rows, self.content.whole]
        ]
        return [self.say("单位", "Unit"), *(names[key] for key in used)], rows

    def trend(self) -> tuple[list[str], list[Row]]:
        heads = [self.say("周期", "Period"), self.say("得分", "Points"), "n"]
        return heads, [
            [name, None if p is None else round(p, 2), int(n)] for name, p, n in self.content.trend
        ]

    def method(self) -> tuple[list[str], list[Row]]:
        heads = [self.say("名称", "Name"), self.say("公式", "Formula"), self.say("依据", "Source")]
        words = formula_words(Method(self.content.appraisal, self.content.indicators), self.english)
        return heads, [list(row) for row in words]

    def notes(self) -> list[str]:
        least = self.content.appraisal.least
        base = count_names(self.english)[self.content.appraisal.base.value]
        return [
            self.say(
                f"统计时段：{self.content.since} 至 {self.content.until}。{base}不足 {least} 件的单位不参与排名。",
                f"From {self.content.since} to {self.content.until}. Units with fewer than {least} in "
                f"“{base}” are not ranked.",
            ),
            self.say(
                "名次按稳健得分：各率取 95% 置信区间（Wilson）不利的一端，件数少的不因偶然占先。",
                "Ranks go by sure points: each share is taken at the unfavourable end of its 95% interval (Wilson), "
                "so that few cases do not lead by chance.",
            ),
        ]


def workbook(content: Content, english: bool = False) -> bytes:
    """XLSX: ranking, counts, trend, method."""
    tables, book = Tables(content, english), Workbook(write_only=True)
    sheets = (
        (tables.say("排名", "Ranking"), tables.ranking()),
        (tables.say("数量", "Counts"), tables.counts()),
        (tables.say("趋势", "Trend"), tables.trend()),
        (tables.say("方法", "Method"), tables.method()),
    )
    for title, (heads, rows) in sheets:
        sheet = book.create_sheet(title)
        sheet.append(heads)
        for row in rows:
            sheet.append([_harmless(cell) for cell in row])
    sheet.append([])
    for note in tables.notes():
        sheet.append([note])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _harmless(cell: str | float | None) -> str | float | None:
    """A spreadsheet runs what looks like a formula."""
    if not isinstance(cell, str):
        return cell
    plain = _NOT_IN_XML.sub("", cell)
    return "'" + plain if plain.startswith(_FORMULA) else plain


def paper(content: Content, issuer: str, english: bool = False) -> Doc:
    tables = Tables(content, english)
    first, *others = tables.notes()
    best = [row for row in content.rows if row.rank is not None and row.points is not None][:_MOST_BARS]
    bars = [(said(row.name, english), row.points or 0.0, f"{row.points:.1f}") for row in best]
    return Doc(
        title=tables.title,
        subtitle=content.period,
        blocks=[
            Paragraph(first),
            *([Bars(bars, tables.say("得分", "Points"))] if bars else []),
            Heading(tables.say("排名", "Ranking"), 2),
            _table(*tables.ranking()),
            *(Note(note) for note in others),
            Heading(tables.say("趋势", "Trend"), 2),
            _table(*tables.trend()),
            Heading(tables.say("方法", "Method"), 2),
            _table(*tables.method(), align=()),
        ],
        issuer=issuer,
        date=content.until[:10],
        landscape=True,
        dense=True,
    )


def _table(heads: Sequence[str], rows: Sequence[Row], align: Sequence[Side] | None = None) -> Table:
    sides: list[Side] = ["left", "left", *(["right"] * (len(heads) - 2))]  # type: ignore[list-item]
    return Table(
        heads, [[_written(cell) for cell in row] for row in rows], align=sides if align is None else align
    )


def _written(cell: str | float | None) -> str:
    return "–" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell)
