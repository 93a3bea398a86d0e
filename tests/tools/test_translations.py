from pathlib import Path

import pytest

from tools.translations import Conflict, join_parts, write


def part(folder: Path, name: str, entries: dict[str, str]) -> Path:
    path = folder / name
    path.write_text(
        "".join(f'msgid "{key}"\nmsgstr "{value}"\n\n' for key, value in entries.items()), encoding="utf-8"
    )
    return path


def test_parts_become_one_catalogue(tmp_path: Path) -> None:
    parts = [
        part(tmp_path, "a.po", {"上报": "Report"}),
        part(tmp_path, "b.po", {"网格": "Grid", "上报": "Report"}),
    ]
    write(join_parts("en", parts), tmp_path / "out")
    assert "Grid" in (tmp_path / "out/django.po").read_text(encoding="utf-8")
    assert b"Grid" in (tmp_path / "out/django.mo").read_bytes()


def test_two_translations_of_one_message_are_refused_with_both_files_named(tmp_path: Path) -> None:
    parts = [part(tmp_path, "a.po", {"上报": "Report"}), part(tmp_path, "b.po", {"上报": "Notify"})]
    with pytest.raises(Conflict, match=r"'Report' in a\.po but 'Notify' in b\.po"):
        join_parts("en", parts)
