"""Static files are hashed and compressed once; pages are compressed on the way out."""

import gzip
import os
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from gezhi.config.middleware import CompressText
from gezhi.config.settings import STATIC_ROOT
from gezhi.config.statics import MANIFEST, is_built


def test_what_was_collected_before_a_change_is_not_served(tmp_path: Path) -> None:
    root, source = tmp_path / "root", tmp_path / "source"
    root.mkdir()
    source.mkdir()
    style = source / "a.css"
    style.write_text("a {}")
    assert not is_built(root, source)
    (root / MANIFEST).write_text("{}")
    assert is_built(root, source)
    os.utime(style, (style.stat().st_atime, style.stat().st_mtime + 10))
    assert not is_built(root, source)


def test_every_collected_text_has_a_compressed_copy() -> None:
    texts = [*STATIC_ROOT.rglob("*.css"), *STATIC_ROOT.rglob("*.js")]
    assert texts, "`make setup` collects the static files."
    large = [path for path in texts if path.stat().st_size > 1000]
    missing = [path.name for path in large if not path.with_name(f"{path.name}.gz").exists()]
    assert not missing


@pytest.mark.parametrize(
    ("kind", "smaller"),
    [("text/html; charset=utf-8", True), ("application/json", True), ("image/jpeg", False)],
)
def test_pages_are_compressed_and_pictures_are_not(kind: str, smaller: bool) -> None:
    body = "一件事 ".encode() * 500

    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(body, content_type=kind)

    request = RequestFactory().get("/", headers={"accept-encoding": "gzip"})
    found = CompressText(answer)(request)
    assert found.headers.get("Content-Encoding", "") == ("gzip" if smaller else "")
    content = getattr(found, "content", b"")
    assert (gzip.decompress(content) if smaller else content) == body
