"""Proofs to take away: of a case, and of one of its photos."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gezhi.cases.models import Case, Evidence
from gezhi.cases.photos import photo_path
from gezhi.cases.queries import visible
from gezhi.ledger.queries.proving import zip_about, zip_about_file
from gezhi.pages.taking import case_in_sight
from gezhi.people.access import DESK, ActorRequest, requires


@requires(DESK)
@require_GET
def case(request: ActorRequest, number: str) -> HttpResponse:
    """Every entry of the case with its proof, to be checked without this node."""
    found = case_in_sight(request, number).case
    about = _("案件 %(number)s") % {"number": found.number}
    return _zip(zip_about(f"case:{found.pk}", about), found.number)


@requires(DESK)
@require_GET
def photo(request: ActorRequest, key: UUID) -> HttpResponse:
    """A photo with the entries that name it by its SHA-256."""
    mine = Case.objects.filter(visible(request.actor)).values("id")
    one = Evidence.objects.filter(key=key, case_id__in=mine).first()
    if one is None or not photo_path(str(key)).exists():
        raise Http404
    name = f"{one.sha256}.jpg"
    about = _("照片 SHA-256 %(hash)s") % {"hash": one.sha256}
    data = photo_path(str(key)).read_bytes()
    return _zip(zip_about_file(f"case:{one.case_id}", about, one.sha256, name, data), one.sha256[:16])


def _zip(data: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}-proof.zip"'}
    return HttpResponse(data, content_type="application/zip", headers=headers)
