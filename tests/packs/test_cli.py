"""`gezhi packs ...` as people call it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gezhi.packs.actions import publish
from gezhi.packs.cli import Above, packs
from gezhi.packs.loading import read_pack
from gezhi.packs.models import PackVersion
from tests.packs.small import FILES, changed, write


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GEZHI_PACKS_DIR", str(tmp_path / "packs"))
    write(tmp_path / "packs" / "small", FILES)
    return tmp_path / "packs"


def run(*words: str, above: Above | None = None, answer: str = "") -> Result:
    return CliRunner().invoke(packs, words, obj=above, input=answer)


def test_check_says_what_a_sound_pack_holds(root: Path) -> None:
    result = run("check")
    assert result.exit_code == 0
    assert result.output.startswith("small 1.0.0: 2 categories, 1 procedure, 2 parameters")


def test_check_names_file_and_line_of_a_problem(root: Path) -> None:
    write(root / "small", changed("categories.yaml", "    group: street\n", "    group: steet\n"))
    result = run("check", "small")
    assert result.exit_code == 1
    assert "small/categories.yaml:10: categories[1].group: there is no group 'steet'" in result.output


def test_check_tells_of_situations_that_fail(root: Path) -> None:
    result = run("check", above=Above(prove=lambda pack, needed: ["A lamp is mended: ends in open"]))
    assert result.exit_code == 1
    assert "small: A lamp is mended: ends in open" in result.output


def test_an_unknown_pack_is_a_wrong_call(root: Path) -> None:
    result = run("check", "smal")
    assert result.exit_code == 2
    assert "Known: small" in result.output


@pytest.mark.django_db
def test_plan_shows_and_changes_nothing(root: Path) -> None:
    result = run("plan")
    assert (result.exit_code, PackVersion.objects.count()) == (0, 0)
    assert "First publication of small 1.0.0: 2 categories" in result.output


@pytest.mark.django_db
def test_plan_of_a_newer_version_shows_each_change(root: Path) -> None:
    run("apply", "--yes")
    files = changed("pack.yaml", "1.0.0", "1.1.0")
    files["tests/stories.yaml"] = "situations: []\n"
    write(root / "small", {**files, "CHANGELOG.md": "## 1.1.0\n"})
    assert run("plan").output.splitlines() == [
        "small 1.0.0 -> 1.1.0: 2 changes",
        "  ~ manifest.version: 1.0.0 -> 1.1.0",
        "  - situations.A lamp is mended",
    ]


@pytest.mark.django_db
def test_apply_asks_and_publishes(root: Path) -> None:
    assert run("apply", answer="n\n").exit_code == 1
    assert PackVersion.objects.count() == 0
    assert run("apply", answer="y\n").exit_code == 0
    assert "nothing to do" in run("apply", "--yes").output
    assert PackVersion.objects.count() == 1


@pytest.mark.django_db
def test_apply_refuses_a_changed_version_and_says_so(root: Path) -> None:
    run("apply", "--yes")
    write(root / "small", changed("pack.yaml", "zh: 小", "zh: 小小"))
    result = run("apply", "--yes")
    assert result.exit_code == 1
    assert "never changes" in result.output


@pytest.mark.django_db
def test_diff_shows_how_files_and_publication_differ(root: Path) -> None:
    run("apply", "--yes")
    assert run("diff", "small").exit_code == 0
    write(root / "small", changed("pack.yaml", "zh: 小", "zh: 小小"))
    result = run("diff", "small")
    assert (result.exit_code, "~ manifest.title.zh: 小 -> 小小" in result.output) == (1, True)


@pytest.mark.django_db
def test_export_writes_what_loads_to_the_same_digest(root: Path, tmp_path: Path) -> None:
    pack = read_pack(root / "small")
    publish(pack)
    assert run("export", "small", str(tmp_path / "out")).exit_code == 0
    assert read_pack(tmp_path / "out").digest == pack.digest
    assert run("export", "small", str(tmp_path / "out")).exit_code == 2


def test_schemas_are_written_beside_the_packs(root: Path) -> None:
    assert run("schemas").exit_code == 0
    assert (root / "_schema" / "procedure.json").exists()
    assert [line.split()[0] for line in run("check").output.splitlines()] == ["small"]
