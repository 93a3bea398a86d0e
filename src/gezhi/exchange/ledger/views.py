"""The log's files for whoever checks it: head and hashes for anybody, bodies for auditors.

Hashes tell nothing of what was done. Only what a checkpoint stands over is handed out: what is not published yet may
still become another tile of the same address.
"""

import gzip
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gezhi.exchange.rest.access import AUDIT_SCOPE, Scope, answer_with, guarded
from gezhi.exchange.rest.problems import Problem
from gezhi.ledger.folder import CHECKPOINT, KEYS, MissingTile
from gezhi.ledger.queries import log_folder, put_out_size
from gezhi.ledger.tiles import BadBundle, Tile, tile_at, width_in
from gezhi.people.access import AUDIT, public

TEXT: Final = "text/plain; charset=utf-8"
BYTES: Final = "application/octet-stream"
FOR_EVER: Final = "public, max-age=31536000, immutable"
SECONDS: Final = "public, max-age=5"


@require_safe
@public
def checkpoint(request: HttpRequest) -> HttpResponse:
    return _text(CHECKPOINT, "Nothing is published yet; the first checkpoint follows within a minute.")


@require_safe
@public
def keys(request: HttpRequest) -> HttpResponse:
    """Every key that signs or signed for this log, one a line, as name+id+key."""
    return _text(KEYS, "No key has signed yet.")


def _text(name: str, missing: str) -> HttpResponse:
    text = log_folder().text(name)
    if not text:
        return answer_with(Problem(404, "not-found", missing))
    return HttpResponse(text, content_type=TEXT, headers={"Cache-Control": SECONDS})


@require_safe
@public
def tile(request: HttpRequest, rest: str) -> HttpResponse:
    """No statement."""
    found = _published(f"tile/{rest}")
    try:
        data = log_folder().tile(found.level, found.number, found.width) if found else None
    except MissingTile:
        data = None
    if data is None:
        return answer_with(_nowhere(rest))
    return HttpResponse(data, content_type=BYTES, headers={"Cache-Control": FOR_EVER})


def _bundle(request: HttpRequest, rest: str) -> HttpResponse:
    """Compressed for whoever takes that; kept in no cache, since a key or a post may end."""
    Scope(AUDIT_SCOPE)(request)
    found = _published(f"tile/entries/{rest}")
    try:
        data = log_folder().bundle(found.number, found.width) if found else None
    except (MissingTile, BadBundle):
        data = None
    if data is None:
        raise _nowhere(f"entries/{rest}")
    headers = {"Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        data = gzip.compress(data, 1, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return HttpResponse(data, content_type=BYTES, headers=headers)


bundle = guarded(require_safe(_bundle))
bundle.permission = AUDIT  # type: ignore[attr-defined]


def _published(address: str) -> Tile | None:
    found = tile_at(address)
    if found is None or width_in(found.level, found.number, put_out_size()) < found.width:
        return None
    return found


def _nowhere(rest: str) -> Problem:
    detail = f"There is no tile {rest[:80]} under the present checkpoint, /ledger/checkpoint."
    return Problem(404, "not-found", detail, headers={"Cache-Control": "no-store"})
