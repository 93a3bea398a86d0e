"""A city's identity provider, as the environment names it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

CITY: Final = "city"
_SCOPES: Final = "openid profile"


class NoProvider(ValueError):
    """GEZHI_OIDC_ISSUER is {issuer!r}: it must begin with https:// (http:// for localhost), and GEZHI_OIDC_CLIENT must
    name this node there."""

    def __init__(self, issuer: str) -> None:
        super().__init__((self.__doc__ or "").format(issuer=issuer))


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """`claim`: which holds the username of an account here. `two_factors`: values of `acr` by which the provider says
    that it asked for two. `name`: what people call it."""

    issuer: str
    client: str
    secret: str
    name: str
    claim: str
    scopes: tuple[str, ...]
    two_factors: frozenset[str]

    def for_allauth(self) -> dict[str, Any]:
        app = {
            "provider_id": CITY,
            "name": self.name[:40],
            "client_id": self.client,
            "secret": self.secret,
            "settings": {
                "server_url": self.issuer,
                "oauth_pkce_enabled": True,
                "scope": list(self.scopes),
            },
        }
        return {"openid_connect": {"APPS": [app]}}


def provider_in(environ: Mapping[str, str]) -> IdentityProvider | None:
    """None without GEZHI_OIDC_ISSUER. Raises NoProvider."""
    issuer = environ.get("GEZHI_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return None
    client = environ.get("GEZHI_OIDC_CLIENT", "")
    if not client or not issuer.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        raise NoProvider(issuer)
    return IdentityProvider(
        issuer=issuer,
        client=client,
        secret=environ.get("GEZHI_OIDC_SECRET", ""),
        name=environ.get("GEZHI_OIDC_NAME", "") or "统一身份认证",
        claim=environ.get("GEZHI_OIDC_CLAIM", "") or "preferred_username",
        scopes=tuple((environ.get("GEZHI_OIDC_SCOPES", "") or _SCOPES).split()),
        two_factors=frozenset(environ.get("GEZHI_OIDC_TWO_FACTORS", "").split()),
    )
