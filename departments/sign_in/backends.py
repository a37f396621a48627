"""Authentication against the passwords stored here."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.utils import timezone

from departments.models import Entrustment, User
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record


class SignInBackend(ModelBackend):
    """Active accounts with their password stored here; demo accounts only where DEBUG is on."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        """Return the account whose password matches; with `LDAP_ONLY`, only an administrator's.

        The password is checked even where the account is then rejected, so that the response time reveals nothing.
        """
        known = account_named(username)
        username = known.username if known else username
        user = super().authenticate(request, username=username, password=password, **kwargs)
        return None if user and settings.LDAP_ONLY and not user.is_staff else user

    def user_can_authenticate(self, user):
        """Return whether the account may sign in on this installation (design: Runs on)."""
        return super().user_can_authenticate(user) and (settings.DEBUG or not user.is_demo)


def account_named(username):
    """Return the account with this user name, else the only one whose name differs by case alone, else `None`."""
    alike = list(User.objects.filter(username__iexact=username)) if username else []
    exact = [user for user in alike if user.username == username]
    return exact[0] if exact else alike[0] if len(alike) == 1 else None


def drop_given_password(user):
    """Return a person authenticated by a directory or provider, without the initial password set by somebody else."""
    if user.must_change_password:
        user.set_unusable_password()
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        Entrustment.objects.open().filter(person=user).update(ended_at=timezone.now())  # the directory knows its owner
        record(Kind.PERMISSION, "停用初始密码", by=user, on=user)
    return user
