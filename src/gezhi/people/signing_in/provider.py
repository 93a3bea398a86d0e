"""A city's identity provider (OpenID Connect), as far as this node goes: who came, which account that is, who left.

django-allauth speaks the protocol (code flow, PKCE, state, discovery). Added here: the ID token's signature is always
checked, a nonce ties it to this browser, only asymmetric algorithms count, and nobody gets an account by coming.
"""

import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import jwt
import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode

from gezhi.people.actions.factors import link_identity
from gezhi.people.models import Account
from gezhi.people.signing_in.identity import CITY, IdentityProvider

ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
LOGOUT_TYPE: Final = "logout+jwt"
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_KEPT: Final = 600.0  # seconds in which the provider's own description is believed
_described: dict[str, tuple[float, dict[str, Any]]] = {}


def _city() -> IdentityProvider:
    found = settings.OIDC
    assert found is not None, "no identity provider is set"
    return found


def provider_name() -> str:
    """ "" where this node knows none."""
    return _city().name if settings.OIDC else ""


class NotIdentified(Exception):
    """The identity provider did not say who came. `code`: cancelled, unknown, away."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{self.__doc__} {code}")
        self.code = code


class NoAccount(Exception):
    """Whoever came has no account here that is open: `code` is unknown-account, closed or taken."""

    def __init__(self, code: str, account_id: int | None = None) -> None:
        super().__init__(f"{self.__doc__} {code}")
        self.code, self.account_id = code, account_id


@dataclass(frozen=True, slots=True)
class Identity:
    """Who came. `name`: the claim that the settings name. `asked`: what the way back was asked for."""

    subject: str
    name: str
    session: str
    two_factors: bool
    signed_in_at: int
    id_token: str
    asked: Mapping[str, Any]


class _Identified(Exception):
    """Carries the answer past what allauth would do with it: making accounts and signing them in."""

    def __init__(self, identity: Identity) -> None:
        super().__init__("identified")
        self.identity = identity


class CityAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    state: Mapping[str, Any] | None = None

    @property
    def openid_config(self) -> dict[str, Any]:
        until, held = _described.get(_city().issuer, (0.0, {}))
        if until < time.monotonic():
            held = dict(super().openid_config)
            if held.get("issuer", "").rstrip("/") != _city().issuer.rstrip("/"):
                raise OAuth2Error("The provider describes another issuer.")
            _described[_city().issuer] = (time.monotonic() + _KEPT, held)
        return held

    def get_callback_url(self, request: HttpRequest, app: object) -> str:
        return request.build_absolute_uri(reverse(settings.IDENTITY_URL))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> NoReturn:
        raw = kwargs["response"].get("id_token", "")
        claims = self._decode_id_token(app, raw)
        asked = self.state or {}
        if not constant_time_compare(str(claims.get("nonce", "")), str(asked.get("nonce", "-"))):
            raise OAuth2Error("The ID token was made for another browser.")
        if claims.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("The ID token was made for another client.")
        name = claims.get(_city().claim) or self._asked_for(claims, token.token)
        raise _Identified(_identity(claims, str(name or ""), raw, asked))

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        return verified(self.openid_config, app.client_id, id_token)

    def _asked_for(self, claims: Mapping[str, Any], access_token: str) -> object:
        """The claim from the provider's other page, which must speak of the same person."""
        told = self._fetch_user_info(access_token)
        if told.get("sub") != claims["sub"]:
            raise OAuth2Error("The provider speaks of two persons.")
        return told.get(_city().claim)


class CityCallback(OAuth2CallbackView):  # type: ignore[misc]
    def _get_state(self, request: HttpRequest, provider: object) -> Any:
        state, refusal = super()._get_state(request, provider)
        self.adapter.state = state
        return state, refusal


def verified(described: Mapping[str, Any], client: str, token: str) -> dict[str, Any]:
    """The claims of a token that the provider signed for this client. Raises OAuth2Error."""
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
    except jwt.PyJWTError as error:
        raise OAuth2Error("This is no token.") from error
    if algorithm not in ALGORITHMS:
        raise OAuth2Error(f"Tokens signed with {algorithm!r} are not taken.")
    claims: dict[str, Any] = jwtkit.verify_and_decode(
        credential=token,
        keys_url=described["jwks_uri"],
        issuer=described["issuer"],
        audience=client,
        lookup_kid=jwtkit.lookup_kid_jwk,
    )
    return claims


def _identity(claims: Mapping[str, Any], name: str, raw: str, asked: Mapping[str, Any]) -> Identity:
    subject = str(claims["sub"])
    return Identity(
        subject=subject_hash(subject),
        name=name,
        session=session_hash(str(claims.get("sid") or subject)),
        two_factors=str(claims.get("acr", "")) in _city().two_factors,
        signed_in_at=int(claims.get("auth_time") or claims.get("iat") or 0),
        id_token=raw,
        asked=asked,
    )


def subject_hash(subject: str) -> str:
    return hashlib.sha256(f"{_city().issuer}\n{subject}".encode()).hexdigest()


def session_hash(session: str) -> str:
    return hashlib.sha256(f"{_city().issuer}\nsession\n{session}".encode()).hexdigest()


def ask(request: HttpRequest, use: str, target: str) -> HttpResponse:
    """The way to the provider. `use`: "sign-in", or "confirm", for which the person must show again who they are.
    Raises NotIdentified."""
    nonce = secrets.token_urlsafe(16)
    more = {"nonce": nonce} | ({"prompt": "login", "max_age": "0"} if use == "confirm" else {})
    if _city().two_factors:
        more["acr_values"] = " ".join(sorted(_city().two_factors))
    try:
        provider = CityAdapter(request, CITY).get_provider()
        provider.oauth2_adapter_class = CityAdapter
        way: HttpResponse = provider.redirect(
            request, "login", next_url=target, auth_params=more, nonce=nonce, use=use
        )
    except (requests.RequestException, OAuth2Error, ValueError) as error:
        raise NotIdentified("away") from error
    return way


def who_came(request: HttpRequest) -> Identity:
    """On the way back from the provider. Raises NotIdentified."""
    try:
        CityCallback.adapter_view(CityAdapter(request, CITY))(request)
    except _Identified as found:
        return found.identity
    except (ImmediateHttpResponse, requests.RequestException, KeyError, ValueError) as error:
        raise NotIdentified("unknown") from error
    raise NotIdentified("unknown")


def account_for(identity: Identity) -> Account:
    """The account that is linked to this subject; the first time the one whose username is the claim, which is then
    linked for good. Raises NoAccount."""
    linked = SocialAccount.objects.select_related("user").filter(provider=CITY, uid=identity.subject).first()
    account = linked.user if linked else Account.objects.filter(username=identity.name or "\n").first()
    if account is None or account.is_system:
        raise NoAccount("unknown-account")
    if not account.is_active:
        raise NoAccount("closed", account.pk)
    if linked is None:
        if SocialAccount.objects.filter(user=account).exists():
            raise NoAccount("taken", account.pk)
        link_identity(account, CITY, identity.subject)
    return account


def linked_account(subject: str) -> int | None:
    found = SocialAccount.objects.filter(provider=CITY, uid=subject_hash(subject)).first()
    return found.user_id if found else None


def is_linked(account_id: int) -> bool:
    return bool(SocialAccount.objects.filter(user_id=account_id, provider=CITY).exists())


def way_out(request: HttpRequest, id_token: str) -> str:
    """Where the person signs out at the provider as well; "" where it has no such page."""
    try:
        page = CityAdapter(request, CITY).openid_config.get("end_session_endpoint", "")
    except (requests.RequestException, OAuth2Error, ValueError):
        return ""
    back = request.build_absolute_uri(reverse(settings.LOGIN_URL))
    asked = {"id_token_hint": id_token, "client_id": _city().client, "post_logout_redirect_uri": back}
    return f"{page}?{urlencode(asked)}" if page else ""


def who_left(request: HttpRequest, token: str) -> tuple[str, int | None]:
    """What the provider tells behind the browser's back (OpenID Connect Back-Channel Logout 1.0): the session that
    ended, or with "" the account all of whose sessions ended. Raises NotIdentified."""
    if settings.OIDC is None:
        raise NotIdentified("away")
    try:
        claims = verified(CityAdapter(request, CITY).openid_config, _city().client, token)
        kind = str(jwt.get_unverified_header(token).get("typ", "")).lower().removeprefix("application/")
    except (requests.RequestException, OAuth2Error, KeyError, ValueError) as error:
        raise NotIdentified("unknown") from error
    events = claims.get("events")
    if kind != LOGOUT_TYPE or not isinstance(events, dict) or LOGOUT_EVENT not in events or "nonce" in claims:
        raise NotIdentified("unknown")
    if sid := claims.get("sid"):
        return session_hash(str(sid)), None
    if not claims.get("sub"):
        raise NotIdentified("unknown")
    return "", linked_account(str(claims["sub"]))
