"""The reference of a pack as files: Markdown and the drawings of its procedures. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from gezhi.packs.drawing import Language, draw
from gezhi.packs.reference import Section, Story, sections, stories
from gezhi.packs.shapes import Pack


def reference_files(pack: Pack, needed: Mapping[str, Pack], language: Language = "en") -> dict[str, str]:
    """File name -> text: NAME.md and, for each procedure of its own, NAME-PROCEDURE.svg."""
    name = pack.manifest.name
    drawings = {f"{name}-{one.key}.svg": draw(one, language) for one in pack.procedures}
    text = "\n".join(_lines(pack, sections(pack, needed, language), stories(pack, needed, language)))
    return {f"{name}.md": text + "\n", **drawings}


def _lines(pack: Pack, found: Iterable[Section], told: list[Story]) -> Iterator[str]:
    manifest = pack.manifest
    yield f"# {manifest.title.en} · {manifest.title.zh}"
    yield f"\nVersion {manifest.version}. {manifest.about.en}\n\n{manifest.about.zh}\n\nSource: {manifest.source}"
    if manifest.needs:
        yield "\nNeeds: " + ", ".join(f"[{name}]({name}.md) {pin}" for name, pin in manifest.needs.items())
    for section in found:
        yield from _section(manifest.name, section)
    if told:
        yield "\n## Situations\n\nEach is run against the pack; none may fail."
    for story in told:
        yield from _story(story)


def _section(name: str, section: Section) -> Iterator[str]:
    yield f"\n## {section.title}\n"
    if section.procedure:
        yield f"![{section.title}]({name}-{section.procedure}.svg)\n"
    yield _row(section.headings)
    yield _row("---" for _ in section.headings)
    yield from map(_row, section.rows)


def _story(story: Story) -> Iterator[str]:
    yield f"\n### {story.title}\n\n{story.category}, {story.starts}\n"
    yield from (f"1. {_plain(line)}" for line in story.lines)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(map(_plain, cells)) + " |"


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
