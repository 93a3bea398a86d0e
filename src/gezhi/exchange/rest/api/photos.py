"""Photos, sent before the report or the step that they prove."""

from django.http import HttpResponse, JsonResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from ninja import Router

from gezhi.cases.capturing import Capture, capture_in
from gezhi.cases.photos import store_photo
from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import ACT, REPORT, CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem

PART = {
    "type": "object",
    "required": ["photo"],
    "properties": {
        "photo": {"type": "string", "format": "binary"},
        "sha256": {"type": "string", "description": "Of the photo as you send it; another one is refused."},
        "captured_sha256": {"type": "string", "description": "Of the photo before it was made smaller."},
    },
}
router = Router(tags=["photos"])


@router.post(
    "/photos",
    auth=Scope(REPORT, ACT),
    response={201: shapes.PhotoOut, **PROBLEMS},
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": PART}}}},
    summary="Store a photo",
)
def send_photo(request: CallerRequest) -> HttpResponse:
    """JPEG, PNG or WebP up to 15 MB, as the part `photo`; kept re-encoded and without what the camera wrote in it.

    The parts `sha256` and `captured_sha256` say what it was when it was taken up; both stand in the ledger.
    """
    if request.content_type != "multipart/form-data":
        detail = (
            f"The body is {str(request.content_type)[:60] or 'of no stated type'}; send multipart/form-data."
        )
        raise Problem(415, "content-type", detail)
    try:
        file = request.FILES.get("photo")
    except MultiPartParserError as error:
        raise Problem(400, "unusable", f"The body is not multipart/form-data: {str(error)[:200]}") from error
    if file is None:
        raise Problem(422, "no-photo", "There is no file part 'photo'. Send the picture under this name.")
    photo = store_photo(file.read(), capture=_capture(request.POST))
    body = {"key": photo.key, "sha256": photo.sha256, "width": photo.width, "height": photo.height}
    return JsonResponse(body, status=201)


def _capture(sent: QueryDict) -> Capture | None:
    """Raises Problem."""
    now, before = sent.get("sha256", ""), sent.get("captured_sha256", "")
    if not now and not before:
        return None
    capture = capture_in(f"{now} {before or now} 0")
    if capture is None:
        raise Problem(
            422, "invalid", "sha256 and captured_sha256 are 64 hexadecimal digits, in small letters."
        )
    return Capture(capture.sent, capture.captured)
