"""Publishing in the database."""

from pathlib import Path

import pytest

from gezhi.ledger.models import Entry
from gezhi.ledger.queries import configuration_stamp
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.packs.models import PackVersion
from gezhi.packs.problems import PackRefused
from gezhi.packs.queries import active_catalogue, active_version, published_versions
from gezhi.packs.shapes import Pack
from tests.packs.small import FILES, changed, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return read_pack(write(tmp_path / "pack", FILES))


@pytest.fixture
def newer(tmp_path: Path) -> Pack:
    files = changed("pack.yaml", "1.0.0", "1.1.0")
    return read_pack(write(tmp_path / "newer", {**files, "CHANGELOG.md": "## 1.1.0\n"}))


def test_a_published_pack_comes_back_as_it_was(pack: Pack) -> None:
    row = publish(pack)
    active = active_version("small")
    assert active is not None
    assert (active.id, active.pack) == (row.pk, pack)


def test_publishing_leaves_one_entry_and_a_newer_configuration(pack: Pack) -> None:
    before = configuration_stamp()
    publish(pack)
    assert Entry.objects.filter(kind="packs.publish", subject="pack:small", configures=True).count() == 1
    assert configuration_stamp() > before


def test_publishing_twice_changes_nothing(pack: Pack) -> None:
    assert publish(pack).pk == publish(pack).pk
    assert (PackVersion.objects.count(), Entry.objects.count()) == (1, 1)


def test_one_version_is_active_and_the_older_one_stays(pack: Pack, newer: Pack) -> None:
    publish(pack)
    publish(newer)
    states = [(one.pack.manifest.version, one.active) for one in published_versions("small")]
    assert states == [("1.0.0", False), ("1.1.0", True)]


def test_the_same_version_with_other_content_is_refused(pack: Pack, tmp_path: Path) -> None:
    publish(pack)
    other = read_pack(write(tmp_path / "other", changed("pack.yaml", "zh: 小", "zh: 小小")))
    with pytest.raises(PackRefused, match="never changes"):
        publish(other)
    assert PackVersion.objects.get().digest == pack.digest


def test_the_catalogue_of_a_newer_stamp_has_what_was_published(pack: Pack) -> None:
    assert "lamp" not in active_catalogue(configuration_stamp()).categories
    publish(pack)
    stamp = configuration_stamp()
    assert "lamp" in active_catalogue(stamp).categories
    assert active_catalogue(stamp) is active_catalogue(stamp)
