"""Authentication against an LDAP directory, if one is configured.

Accounts are not created automatically: an active account with the directory's user name has to exist here.
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

from .backends import SignInBackend, drop_given_password

INVALID_CREDENTIALS = 49
AWAY = "统一用户目录暂时无法连接，请稍后再试。"

log = logging.getLogger(__name__)


class DirectoryUnavailable(Refused):
    """The directory did not answer, so the password could not be checked."""

    status = 503


class LdapBackend(SignInBackend):
    """LDAP backend; it runs after `SignInBackend`, so that local passwords work while the directory is unavailable."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        """Return the account whose password the directory accepts. Raises `DirectoryUnavailable`.

        The directory is queried whether or not the account exists here, so that the response time reveals nothing.
        """
        if not password:  # a bind without a password is anonymous and succeeds (RFC 4513, 5.1.2)
            return None
        if not username or not username.isprintable():
            return None
        if not is_correct(username, password):
            return None
        user = _account(username)
        return drop_given_password(user) if user and self.user_can_authenticate(user) else None


def _account(username):
    """Return the only account with this user name in any case.

    `None` if there are several: directories ignore case, so one of their people would open the accounts of two.
    """
    alike = list(User.objects.filter(username__iexact=username)[:2])
    return alike[0] if len(alike) == 1 else None


def is_correct(username, password):
    """Return whether the directory accepts the password. Raises `DirectoryUnavailable`."""
    server = _server()
    try:
        name = _dn_of(server, username)
        return bool(name) and _accepts(server, name, password)
    except LDAPException as error:
        log.error("The LDAP server %s could not be reached: %s", settings.LDAP_URL, _on_one_line(error))
        raise DirectoryUnavailable(AWAY) from error


def _server():
    tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=settings.CA_FILE or None)
    return Server(settings.LDAP_URL, get_info=NONE, tls=tls, connect_timeout=settings.LDAP_TIMEOUT_SECONDS)


def _dn_of(server, username):
    """Return the distinguished name of the account's only entry; empty if there is none or more than one."""
    if settings.LDAP_USER_DN:
        return settings.LDAP_USER_DN.format(username=escape_rdn(username))
    with _connection(server, settings.LDAP_BIND_DN, settings.LDAP_BIND_PASSWORD) as connection:
        if not connection.bind():
            raise LDAPException(f"it refuses the service account {settings.LDAP_BIND_DN}: {connection.result}")
        wanted = settings.LDAP_FILTER.format(username=escape_filter_chars(username))
        connection.search(settings.LDAP_SEARCH_BASE, wanted, attributes=None, size_limit=2)
        entries = [entry for entry in connection.response or () if entry["type"] == "searchResEntry"]
    return entries[0]["dn"] if len(entries) == 1 else ""


def _accepts(server, name, password):
    with _connection(server, name, password) as connection:
        if connection.bind():
            return True
        if connection.result["result"] != INVALID_CREDENTIALS:
            log.warning("The LDAP server refused a bind: %s", connection.result["description"])
        return False


@contextmanager
def _connection(server, name, password):
    """Yield a connection, encrypted before credentials are sent unless `LDAP_PLAIN` allows otherwise."""
    connection = Connection(
        server,
        name or None,
        password or None,
        authentication=SIMPLE if name else None,
        auto_bind=AUTO_BIND_NONE,
        auto_referrals=False,  # otherwise credentials are sent to any server a referral names
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


def _on_one_line(error):
    return " ".join(str(error).split())
