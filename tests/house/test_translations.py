"""Every message that a person may see in Chinese has an English translation with the same blanks."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from django.utils.translation.template import templatize

from tests.house.tree import SRC, files_under, short
from tools.translations import join_parts

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    **{"gettext_lazy": None, "gettext_noop": None, "ngettext_lazy": (1, 2)},
    **{"pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)},
}
Words = tuple[str | None, str]  # what is said, after the context that tells it from the same words elsewhere
BLANK = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def english() -> Catalog:
    return join_parts("en", sorted((SRC / "locale/en/parts").glob("*.po")))


def messages_in(code: str) -> Iterator[tuple[int, Words]]:
    for line, function, message, _comments in extract_python(
        io.BytesIO(code.encode()), list(KEYWORDS), [], {"encoding": "utf-8"}
    ):
        parts = message if isinstance(message, tuple) else (message,)
        wanted = [part for part in parts if part]
        if wanted:
            yield line, (wanted[0], wanted[1]) if "pgettext" in (function or "") else (None, wanted[0])


def messages_in_template(text: str) -> Iterator[tuple[int, Words]]:
    flat = "\n".join(line.lstrip() for line in templatize(text).splitlines())
    return messages_in(flat)


def messages_of(path: Path) -> Iterator[tuple[int, Words]]:
    text = path.read_text(encoding="utf-8")
    return messages_in(text) if path.suffix == ".py" else messages_in_template(text)


def _said(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_every_message_has_an_english_translation() -> None:
    translated = {(message.context, _said(message)) for message in english() if message.id and message.string}
    missing = [
        f"{short(path)}:{line}: {message[1]}" + (f" ({message[0]})" if message[0] else "")
        for path in files_under("src/gezhi", suffixes=(".py", ".html", ".txt"))
        for line, message in messages_of(path)
        if message not in translated
    ]
    assert not missing, "Add these to src/gezhi/locale/en/parts/:\n" + "\n".join(missing)


def test_translations_keep_the_blanks_of_their_message() -> None:
    changed = [
        message.id
        for message in english()
        if isinstance(message.id, str)
        and set(BLANK.findall(message.id)) != set(BLANK.findall(str(message.string)))
    ]
    assert not changed


def test_the_rule_finds_messages_in_python_and_in_templates() -> None:
    assert [message for _, message in messages_in("x = _('待派遣')")] == [(None, "待派遣")]
    assert [message for _, message in messages_in("x = pgettext('day', '从')")] == [("day", "从")]
    template = (
        '{% load i18n %}\n    {% translate "上报" %}\n  {% blocktranslate %}{{ n }} 件{% endblocktranslate %}'
    )
    assert [message for _, message in messages_in_template(template)] == [(None, "上报"), (None, "%(n)s 件")]
