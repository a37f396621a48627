"""Exceptions that refuse a request; each holds the Chinese sentence shown to the user (design: The house)."""

import rules
from django.core.exceptions import PermissionDenied


class ShowInstead(Exception):
    """Nothing to show yet; the page at `template` explains what to do."""

    template = None


class Refused(Exception):
    """A rule forbids the request. Answered with 422 and the sentence above the form, or beside `field` where there is
    one of that name.
    """

    status = 422

    def __init__(self, *sentences, field=None):
        super().__init__(*sentences)
        self.field = field


class Conflict(Refused):
    """Somebody else changed the record first. Answered with 409 and the current state; input is kept."""

    status = 409


class StorageUnavailable(Refused):
    """The file storage does not answer. Answered with 503; input is kept, the file has to be sent again."""

    status = 503


class Busy(Refused):
    """The server has too much of this to do just now. Answered with 503; input is kept."""

    status = 503


class NoSpace(Refused):
    """The disk is full. Answered with 507; input is kept."""

    status = 507


def may(user, permission, obj=None):
    """Return whether `user` has the named permission on `obj`.

    The rule is evaluated directly: superusers may use the admin, but get no other permission.
    """
    return bool(user.is_active and rules.has_perm(permission, user, obj))


def require(user, permission, obj=None, sentence="您没有办理此事的权限。"):
    """Raise `PermissionDenied` with a Chinese sentence unless `user` has the named permission on `obj`."""
    if not may(user, permission, obj):
        raise PermissionDenied(sentence)


class Unreadable(Exception):
    """The file cannot be read; holds the Chinese sentence shown to the user."""
