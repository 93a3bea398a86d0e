"""Every address names who may call it."""

from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path

from gezhi.people.access import OWN, PERMISSIONS, public

KNOWN = {"public", OWN}.union(*PERMISSIONS.values())
FOREIGN = ("django.contrib.staticfiles", "django.views.static", "django.views.i18n")


def routes(
    resolver: URLResolver | URLPattern, prefix: str = ""
) -> Iterator[tuple[str, Callable[..., object]]]:
    address = prefix + str(resolver.pattern)
    if isinstance(resolver, URLPattern):
        yield address, resolver.callback
        return
    for part in resolver.url_patterns:
        yield from routes(part, address)


def operations_of(view: Callable[..., object]) -> list[object]:
    """The operations behind one address of the REST interface; none for a page."""
    cells = getattr(view, "__closure__", None) or ()
    owners = [cell.cell_contents for cell in cells] + [getattr(view, "__self__", None)]
    return next((owner.operations for owner in owners if hasattr(owner, "operations")), [])


def is_named(view: Callable[..., object]) -> bool:
    operations = operations_of(view)
    if operations:
        return all(
            bool(operation.auth_callbacks) or getattr(operation.view_func, "permission", None) in KNOWN
            for operation in operations
        )
    inner = getattr(view, "func", view)  # the OpenAPI document and its page are partials of Ninja
    return getattr(view, "permission", None) in KNOWN or inner.__module__ == "ninja.openapi.views"


def test_every_address_names_its_permission() -> None:
    unnamed = [
        address
        for address, view in routes(get_resolver())
        if not is_named(view) and not view.__module__.startswith(FOREIGN)
    ]
    assert not unnamed, "Mark these with requires(...) or public:\n" + "\n".join(unnamed)


def test_the_rule_sees_a_route_without_permission() -> None:
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert not is_named(path("x", page).callback)
    assert is_named(path("x", public(page)).callback)
