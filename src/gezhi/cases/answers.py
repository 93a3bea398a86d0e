"""What reporters are told: messages of the pack, filled in. Pure."""

from collections.abc import Mapping

from gezhi.packs.shapes import Message


def answer_text(message: Message, language: str, facts: Mapping[str, str]) -> str:
    """Placeholders are checked when the pack loads; one without a fact becomes empty."""
    words = message.text.en if language == "en" else message.text.zh
    return words.format_map(_Facts(facts))


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""
