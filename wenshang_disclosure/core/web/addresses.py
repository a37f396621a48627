"""Client IP addresses, also behind reverse proxies."""

import ipaddress

from django.conf import settings


def address_of(request):
    """Return the client's IP address as seen by the outermost trusted proxy; empty if it is invalid.

    Entries further left in `X-Forwarded-For` are set by the client and ignored.
    """
    hops = settings.TRUSTED_PROXIES
    forwarded = _forwarded(request)
    seen = forwarded[-hops] if 0 < hops <= len(forwarded) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(seen.strip()))
    except ValueError:
        return ""


def is_own_machine(request):
    """Return whether the request was made on the machine itself: not where a proxy that is not ours passed it on."""
    seen = address_of(request)
    unknown_proxy = "HTTP_X_FORWARDED_FOR" in request.META and not 0 < settings.TRUSTED_PROXIES <= len(
        _forwarded(request)
    )
    return bool(seen) and ipaddress.ip_address(seen).is_loopback and not unknown_proxy


def _forwarded(request):
    return request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
