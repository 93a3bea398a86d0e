"""How somebody wants pages to look: large type, light or dark. Cookies of this browser, which its scripts read too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

KEPT: Final[Mapping[str, Sequence[str]]] = {"large": ("1",), "scheme": ("light", "dark")}
YEAR: Final = 365 * 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class Display:
    """`large`: "1" or ""; `scheme`: "light", "dark" or "" for what the device says."""

    large: str = ""
    scheme: str = ""

    @property
    def scheme_cookie(self) -> str:
        """For the one script that switches without asking the node."""
        return _cookie("scheme")


def display_of(request: HttpRequest) -> Display:
    return Display(**{name: request.COOKIES.get(_cookie(name), "") for name in KEPT})


def keep_choice(response: HttpResponse, name: str, value: str) -> None:
    """A value that is none of them forgets the choice."""
    if value in KEPT[name]:
        response.set_cookie(_cookie(name), value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
    else:
        response.set_cookie(_cookie(name), "", max_age=0, samesite="Lax", secure=settings.HTTPS)


def _cookie(name: str) -> str:
    """Under HTTPS a name that a browser takes from this host alone, so that no neighbouring name sets it."""
    return f"__Host-{name}" if settings.HTTPS else name
