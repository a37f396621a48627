"""Signing in with the password of the office's directory (LDAP), where one is set up.

Nobody is made automatically: the account has to exist here and be switched on, under the name that the directory knows.
"""

import logging
import ssl
from contextlib import contextmanager

from django.conf import settings
from ldap3 import AUTO_BIND_NONE, NONE, SIMPLE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import escape_rdn

from departments.models import User
from wenshang_disclosure.core.web.errors import Refused

from .backends import SignInBackend, signed_in_elsewhere

INVALID_CREDENTIALS = 49
AWAY = "统一用户目录暂时无法连接，请稍后再试。"

log = logging.getLogger(__name__)


class DirectoryAway(Refused):
    """The directory cannot be asked, so nobody knows whether the password is right."""

    status = 503


class LdapBackend(SignInBackend):
    """Comes after the passwords that are kept here, so that those work while the directory is away."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        """Return the account whose password the directory takes. Raises `DirectoryAway`.

        The directory is asked whether there is such an account here or not: the time that it takes tells nothing.
        """
        if not password:  # a directory takes a bind without a password as one of nobody's, and says yes
            return None
        if not username or not username.isprintable():
            return None
        if not is_right(username, password):
            return None
        user = _account(username)
        return signed_in_elsewhere(user) if user and self.user_can_authenticate(user) else None


def _account(username):
    """Return the account of that very name; none where another differs by case alone: a directory sees
    no difference.
    """
    alike = list(User.objects.filter(username__iexact=username)[:2])
    return alike[0] if len(alike) == 1 and alike[0].username == username else None


def is_right(username, password):
    """Ask the directory whether that is the person's password. Raises `DirectoryAway`."""
    server = _server()
    try:
        name = _name_of(server, username)
        return bool(name) and _takes(server, name, password)
    except LDAPException as error:
        log.error("The LDAP server %s could not be asked: %s", settings.LDAP_URL, _in_a_line(error))
        raise DirectoryAway(AWAY) from error


def _server():
    tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=settings.CA_FILE or None)
    return Server(settings.LDAP_URL, get_info=NONE, tls=tls, connect_timeout=settings.LDAP_TIMEOUT_SECONDS)


def _name_of(server, username):
    """Return the distinguished name of the one entry that the account is; empty where there is none, or several."""
    if settings.LDAP_USER_DN:
        return settings.LDAP_USER_DN.format(username=escape_rdn(username))
    with _opened(server, settings.LDAP_BIND_DN, settings.LDAP_BIND_PASSWORD) as connection:
        if not connection.bind():
            raise LDAPException(f"it refuses the service account {settings.LDAP_BIND_DN}: {connection.result}")
        wanted = settings.LDAP_FILTER.format(username=escape_filter_chars(username))
        connection.search(settings.LDAP_SEARCH_BASE, wanted, attributes=None, size_limit=2)
        entries = [entry for entry in connection.response or () if entry["type"] == "searchResEntry"]
    return entries[0]["dn"] if len(entries) == 1 else ""


def _takes(server, name, password):
    with _opened(server, name, password) as connection:
        if connection.bind():
            return True
        if connection.result["result"] != INVALID_CREDENTIALS:
            log.warning("The LDAP server refused a bind: %s", connection.result["description"])
        return False


@contextmanager
def _opened(server, name, password):
    """Return a connection that is encrypted, before anything secret is sent, unless plain ones are allowed."""
    connection = Connection(
        server,
        name or None,
        password or None,
        authentication=SIMPLE if name else None,
        auto_bind=AUTO_BIND_NONE,
        auto_referrals=False,  # else what was typed is sent on to whatever server it names
        read_only=True,
        receive_timeout=settings.LDAP_TIMEOUT_SECONDS,
    )
    try:
        connection.open()
        if not (server.ssl or settings.LDAP_PLAIN) and not connection.start_tls():
            raise LDAPException("it does not offer StartTLS")
        yield connection
    finally:
        connection.unbind()


def _in_a_line(error):
    return " ".join(str(error).split())
