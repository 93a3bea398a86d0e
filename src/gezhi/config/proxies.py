"""Whose word about a client's address is taken: limits by address count the client, not the proxy."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from granian.utils.proxies import wrap_wsgi_with_proxy_headers


class NoAddress(ValueError):
    """GEZHI_TRUSTED_PROXIES holds {text!r}, which is no address or network such as 10.0.0.5 or 10.0.0.0/24."""

    def __init__(self, text: str) -> None:
        super().__init__((self.__doc__ or "").format(text=text))


def proxies_in(text: str) -> tuple[str, ...]:
    """The addresses and networks of a list with commas. Raises NoAddress."""
    proxies = tuple(part.strip() for part in text.split(",") if part.strip())
    for proxy in proxies:
        try:
            ip_network(proxy)
        except ValueError as error:
            raise NoAddress(proxy) from error
    return proxies


def behind(proxies: Sequence[str], application: WSGIApplication) -> WSGIApplication:
    """REMOTE_ADDR and the scheme are those that a trusted proxy forwards; anybody else's headers say nothing."""
    if not proxies:
        return application
    trusting: WSGIApplication = wrap_wsgi_with_proxy_headers(application, list(proxies))
    networks = [ip_network(proxy) for proxy in proxies]

    def heard(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if not _is_in(networks, str(environ.get("REMOTE_ADDR", ""))):
            environ.pop("HTTP_X_FORWARDED_PROTO", None)  # which Django would believe
        return trusting(environ, start)

    return heard


def _is_in(networks: Sequence[IPv4Network | IPv6Network], address: str) -> bool:
    try:
        return any(ip_address(address) in network for network in networks)
    except ValueError:
        return False
