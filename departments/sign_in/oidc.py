"""Authentication by an OpenID Connect provider (统一身份认证), if one is configured.

The library implements the authorization code flow with state, nonce and PKCE. This backend adds what it leaves out:
audience and issuer of the token are verified, inactive accounts are rejected, and no accounts are created.
"""

import jwt
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from .backends import SignInBackend, account_named, drop_given_password

LEEWAY_SECONDS = 60
"""Tolerated difference to the provider's clock."""


class UnknownAccount(Exception):
    """The provider authenticated the person, but no usable account matches; holds the provider's name for them."""


class OidcBackend(OIDCAuthenticationBackend, SignInBackend):
    """Accepts the account that the provider names if it exists here and is active."""

    get_user = SignInBackend.get_user  # the library's would accept an inactive account

    def authenticate(self, request, nonce=None, **kwargs):
        """Authenticate by the provider's response; reject it without the nonce of a request made here."""
        return super().authenticate(request, nonce=nonce, **kwargs) if nonce else None

    def get_payload_data(self, token, key):
        """Return the token's claims.

        Raises `jwt.PyJWTError` unless signature, issuer, audience and expiry are valid.
        """
        return jwt.decode(
            token,
            key,
            algorithms=[self.OIDC_RP_SIGN_ALGO],
            audience=self.OIDC_RP_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )

    def get_userinfo(self, access_token, id_token, payload):
        """Return the token's claims, or those of the userinfo endpoint if they lack the account."""
        if settings.OIDC_CLAIM in payload or not self.OIDC_OP_USER_ENDPOINT:
            return payload
        claims = super().get_userinfo(access_token, id_token, payload)
        if claims.get("sub") != payload["sub"]:
            raise SuspiciousOperation("The subject of the userinfo differs from the token's.")
        return claims

    def get_or_create_user(self, access_token, id_token, payload):
        """Return the existing account. Raises `UnknownAccount`."""
        named = self.get_userinfo(access_token, id_token, payload).get(settings.OIDC_CLAIM)
        user = account_named(named) if isinstance(named, str) else None
        if user is None or not self.user_can_authenticate(user):
            raise UnknownAccount(str(named or "")[:150])
        return drop_given_password(user)
