"""Who may sign in."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend

from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record


class SignInBackend(ModelBackend):
    """Accounts that are switched on, with the password that is kept here; demo accounts only on a trial run."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        """Where the directory alone counts (LDAP_ONLY), a password that is kept here is an administrator's only.

        It is checked also where it counts for nothing, so that the time it takes tells nothing.
        """
        user = super().authenticate(request, username=username, password=password, **kwargs)
        return None if user and settings.LDAP_ONLY and not user.is_staff else user

    def user_can_authenticate(self, user):
        """Return whether the account may be used here (design: Runs on)."""
        return super().user_can_authenticate(user) and (settings.DEBUG or not user.is_demo)


def signed_in_elsewhere(user):
    """Return the person, whom a directory or a provider vouches for; a password that somebody else gave
    ends with it.
    """
    if user.must_change_password:
        user.set_unusable_password()
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        record(Kind.PERMISSION, "停用初始密码", by=user, on=user)
    return user
