"""Signing in at the office's identity provider (OpenID Connect, 统一身份认证), where one is set up.

The library does the authorization code flow with state, nonce and PKCE. What it leaves open is closed here: for whom
and by whom a token was made is checked, an account that is switched off stays out, and nobody is made automatically.
"""

import jwt
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from departments.models import User

from .backends import SignInBackend, signed_in_elsewhere

LEEWAY = 60
"""Seconds by which the provider's clock may be ahead or behind."""


class UnknownAccount(Exception):
    """The provider knows the person, but no account here fits; carries what it calls them."""


class OidcBackend(OIDCAuthenticationBackend, SignInBackend):
    """Takes the account that the provider names, if it exists here and is switched on."""

    get_user = SignInBackend.get_user  # the library's would let a switched-off account go on

    def authenticate(self, request, nonce=None, **kwargs):
        """Take what the provider sent back; a code without the nonce of a request of ours means nothing."""
        return super().authenticate(request, nonce=nonce, **kwargs) if nonce else None

    def get_payload_data(self, token, key):
        """Return what the token says: signed by the provider, made by it, for us, and still good."""
        return jwt.decode(
            token,
            key,
            algorithms=[self.OIDC_RP_SIGN_ALGO],
            audience=self.OIDC_RP_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )

    def get_userinfo(self, access_token, id_token, payload):
        """Return what is known of the person: the token's own claims, and where the account is not there, the rest."""
        if settings.OIDC_CLAIM in payload or not self.OIDC_OP_USER_ENDPOINT:
            return payload
        claims = super().get_userinfo(access_token, id_token, payload)
        if claims.get("sub") != payload["sub"]:
            raise SuspiciousOperation("The userinfo is of somebody else than the token.")
        return claims

    def get_or_create_user(self, access_token, id_token, payload):
        """Return the account; nobody is made. Raises `UnknownAccount`."""
        named = self.get_userinfo(access_token, id_token, payload).get(settings.OIDC_CLAIM)
        user = User.objects.filter(username=named).first() if isinstance(named, str) and named else None
        if user is None or not self.user_can_authenticate(user):
            raise UnknownAccount(str(named or "")[:150])
        return signed_in_elsewhere(user)
