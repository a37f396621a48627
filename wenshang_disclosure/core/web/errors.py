"""How a step is refused. Each error carries the Chinese sentence that the user reads (design: The house)."""

import rules
from django.core.exceptions import PermissionDenied


class ShowInstead(Exception):
    """There is nothing to show yet: the page at `template` says so, and what to do."""

    template = None


class Refused(Exception):
    """What is asked breaks a rule. The answer is 422, with the sentence above the form."""

    status = 422


class Conflict(Refused):
    """Somebody was faster. The answer is 409, with what stands now; what was typed stays."""

    status = 409


class NotKept(Refused):
    """The storage of files does not answer. What was typed stays, the file has to be sent again."""

    status = 503


class NoSpace(Refused):
    """The disk is full. The answer is 507; what was typed stays."""

    status = 507


def may(user, permission, obj=None):
    """Return whether `user` has the named permission on `obj`.

    The rule is asked directly: being a superuser opens the admin pages, never a step of the office's work.
    """
    return bool(user.is_active and rules.has_perm(permission, user, obj))


def require(user, permission, obj=None, sentence="您没有办理此事的权限。"):
    """Raise `PermissionDenied` with a Chinese sentence unless `user` has the named permission on `obj`."""
    if not may(user, permission, obj):
        raise PermissionDenied(sentence)


class Unreadable(Exception):
    """The file is no table that can be read; carries the Chinese sentence that the person reads."""
