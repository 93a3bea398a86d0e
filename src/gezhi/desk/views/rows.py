"""The list's rows, each drawn in one piece: a template engine takes longer for fifty than for the rest of the page."""

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gezhi.pages.lines import LineView

_ROW: Final = """<tr data-number="{number}">{choose}
<td class="figures"><a href="{base}{number}/">{number}</a><span class="below">{opened}</span></td>
<td class="title" title="{title}"><span class="two">{title}</span><span class="below">{marks} {category}</span></td>
<td class="state">{state}<span class="below">{due}</span></td>
<td class="place" title="{area}{place}">{place}<span class="below">{area}</span></td>
<td class="unit" title="{whose}"><span class="two">{unit}{suggested}</span></td>
<td class="number">{reports}</td></tr>
"""
_CHOOSE: Final = (
    '<td class="choose"><input type="checkbox" name="case" value="{}:{}" form="bulk" aria-label="{}"></td>'
)


def rows_html(lines: Sequence[LineView], choosing: bool) -> SafeString:
    """`choosing`: with a box to tick for steps on many. "" when there is no line."""
    base, word = reverse("desk:cases"), _("建议")
    return SafeString("".join(_row_html(line, base, word, choosing) for line in lines))


def _row_html(line: LineView, base: str, word: str, choosing: bool) -> SafeString:
    suggested = "" if line.unit else line.suggested
    return format_html(
        _ROW,
        choose=format_html(_CHOOSE, line.id, line.version, line.number) if choosing else "",
        base=base,
        number=line.number,
        opened=line.opened,
        title=line.title,
        category=line.category,
        marks=line.marks,
        state=line.state.html,
        due=line.due.html if line.due else "",
        area=line.area,
        place=line.place,
        unit=line.unit,
        whose=line.unit or suggested,
        suggested=format_html('<span class="soft">{} {}</span>', word, suggested) if suggested else "",
        reports=line.reports,
    )
