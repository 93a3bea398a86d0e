"""What a person takes along: the code, a QR code that opens the report, who did it for them."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from gezhi.cases.queries import TrackedReport
from gezhi.pages.qr import qr_of


@dataclass(frozen=True, slots=True)
class Receipt:
    """`qr`: SVG. `spaced`: the code as it is read out."""

    spaced: str
    address: str
    qr: SafeString
    needs_phone: bool


def receipt_of(found: TrackedReport) -> Receipt:
    code = found.report.tracking_code
    address = settings.PUBLIC_URL + reverse("portal:followed", args=[code])
    groups = [code[start : start + 4] for start in range(0, len(code), 4)]
    return Receipt("-".join(groups), address, qr_of(address), found.has_phone)
