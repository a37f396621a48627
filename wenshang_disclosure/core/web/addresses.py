"""From which address a request comes, also behind reverse proxies of ours."""

import ipaddress

from django.conf import settings


def address_of(request):
    """Return the address that the outermost of our proxies saw, the peer's where there is none; empty if unreadable.

    What stands further left in `X-Forwarded-For` was sent by the client and means nothing.
    """
    hops = settings.TRUSTED_PROXIES
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    seen = forwarded[-hops] if 0 < hops <= len(forwarded) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(seen.strip()))
    except ValueError:
        return ""
