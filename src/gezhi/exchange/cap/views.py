"""The feed of what this node tells everybody, for anyone's reader: Atom, and CAP 1.2 for each notice."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from gezhi.exchange.cap.notice import Notice
from gezhi.exchange.cap.outward import notice_of
from gezhi.exchange.cap.writing import CAP_TYPE, atom_xml, cap_xml
from gezhi.people.access import public
from gezhi.places.queries import place_names
from gezhi.sensing.models import PublicNotice
from gezhi.sensing.queries.notices import standing_notices


@public
@require_GET
@cache_control(public=True, max_age=30)
def feed(request: HttpRequest) -> HttpResponse:
    """Those of our own that stand."""
    rows = list(standing_notices(timezone.now()).filter(source_id=None)[:200])
    names = place_names(code for row in rows for code in row.places)
    told = [(_notice(row, names), _address(row)) for row in rows]
    updated = max((row.sent_at for row in rows), default=timezone.now())
    body = atom_xml(
        told,
        address=f"{settings.PUBLIC_URL}/cap/feed.xml",
        title=f"{settings.NODE_NAME} 预警",
        author=settings.NODE_NAME,
        updated=updated,
    )
    return HttpResponse(body, content_type="application/atom+xml; charset=utf-8")


@public
@require_GET
@cache_control(public=True, max_age=30)
def one(request: HttpRequest, identifier: str) -> HttpResponse:
    """Also one that is over: whoever was told of it may look it up."""
    row = PublicNotice.objects.filter(identifier=identifier, source_id=None).first()
    if row is None:
        raise Http404
    return HttpResponse(
        cap_xml(_notice(row, place_names(row.places))), content_type=f"{CAP_TYPE}; charset=utf-8"
    )


def _notice(row: PublicNotice, names: dict[str, str]) -> Notice:
    return notice_of(row, names, settings.NODE_NAME, _address(row))


def _address(row: PublicNotice) -> str:
    return f"{settings.PUBLIC_URL}/cap/{row.identifier}.xml"
