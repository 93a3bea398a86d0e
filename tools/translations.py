"""Joins the parts of each language into one catalogue and compiles it.

src/gezhi/locale/LANGUAGE/parts/*.po -> src/gezhi/locale/LANGUAGE/LC_MESSAGES/django.po and django.mo
The same message may stand in several parts as long as its translation is the same.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

LOCALE = Path(__file__).resolve().parent.parent / "src" / "gezhi" / "locale"


class Conflict(Exception):
    """Two parts translate one message differently."""


def read_part(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def join_parts(language: str, parts: list[Path]) -> Catalog:
    joined = Catalog(locale=language, project="gezhi", charset="utf-8", fuzzy=False)
    origin: dict[object, Path] = {}
    for path in parts:
        for message in read_part(path, language):
            if not message.id:
                continue
            key = (message.context, message.id)
            known = joined.get(message.id, message.context)
            if known is not None and known.string != message.string:
                raise Conflict(
                    f"{message.id!r} is {known.string!r} in {origin[key].name} but {message.string!r} "
                    f"in {path.name}. Use one translation, or give one of them a msgctxt."
                )
            if known is None:
                joined.add(message.id, message.string, context=message.context, flags=message.flags)
                origin[key] = path
    return joined


def write(catalogue: Catalog, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "django.po").open("wb") as file:
        write_po(file, catalogue, sort_output=True, omit_header=False)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalogue)


def main() -> int:
    for parts in sorted(LOCALE.glob("*/parts")):
        language = parts.parent.name
        try:
            catalogue = join_parts(language, sorted(parts.glob("*.po")))
        except Conflict as conflict:
            print(f"translations: {conflict}", file=sys.stderr)
            return 1
        write(catalogue, parts.parent / "LC_MESSAGES")
        print(f"setup: {len(catalogue)} messages in {language}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
