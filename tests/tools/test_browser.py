from pathlib import Path

import pytest

from tools import browser


def test_a_named_chromium_is_used_and_a_wrong_name_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "my-chromium"
    program.touch(mode=0o755)
    monkeypatch.setenv("GEZHI_CHROMIUM", str(program))
    assert browser.chromium() == str(program)
    monkeypatch.setenv("GEZHI_CHROMIUM", str(tmp_path / "nowhere"))
    assert browser.chromium() is None


def test_a_machine_without_chromium_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GEZHI_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.main([]) == 1
    assert "apt-get install chromium" in capsys.readouterr().err
