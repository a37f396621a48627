"""Client IP addresses, also behind reverse proxies."""

import ipaddress

from django.conf import settings


def address_of(request):
    """Return the client's IP address as seen by the outermost trusted proxy; empty if it is invalid.

    Entries further left in `X-Forwarded-For` are set by the client and ignored.
    """
    hops = settings.TRUSTED_PROXIES
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    seen = forwarded[-hops] if 0 < hops <= len(forwarded) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(seen.strip()))
    except ValueError:
        return ""
