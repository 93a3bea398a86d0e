"""What django-allauth asks of us: where secrets are sealed, what this node is called, that nobody signs up."""

from typing import Any, NoReturn

import requests
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.http import HttpRequest

from gezhi.people.models import Account
from gezhi.people.signing_in.provider import NotIdentified
from gezhi.people.signing_in.sealing import opened, sealed


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are opened by administrators."""
        return False


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def encrypt(self, text: str) -> str:
        return sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        return opened(encrypted_text)

    def get_totp_issuer(self) -> str:
        return str(settings.NODE_NAME)

    def get_public_key_credential_user_entity(self, user: Account) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"display_name": user.name}

    def _get_site_name(self) -> str:
        return str(settings.NODE_NAME)

    def _get_user_identifier(self, user: Account) -> str:
        return user.username


class IdentityAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:
        return False

    def get_requests_session(self) -> requests.Session:
        """The provider is where the settings say: what answers with another address is not followed there."""
        session: requests.Session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def on_authentication_error(
        self, request: HttpRequest, provider: object, error: str = "", **more: object
    ) -> NoReturn:
        """Said on a page of ours."""
        raise NotIdentified("cancelled" if error == AuthError.CANCELLED else "unknown")
