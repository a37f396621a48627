"""Who may sign in."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend


class SignInBackend(ModelBackend):
    """Accounts that are switched on; demo accounts only on a trial run (design §9)."""

    def user_can_authenticate(self, user):
        """Tell whether the account may be used here."""
        return super().user_can_authenticate(user) and (settings.DEBUG or not user.is_demo)
