"""Who may sign in, and with what password."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.password_validation import MinimumLengthValidator


class SignInBackend(ModelBackend):
    """Accounts that are switched on; demo accounts only on a trial run (design §9)."""

    def user_can_authenticate(self, user):
        """Tell whether the account may be used here."""
        return super().user_can_authenticate(user) and (settings.DEBUG or not user.is_demo)


class LongEnough(MinimumLengthValidator):
    """Django's own check of the length, in Chinese."""

    def get_error_message(self):
        """Say what is asked for."""
        return f"密码太短，至少要有{self.min_length}个字符。"

    def get_help_text(self):
        """Say it beforehand."""
        return f"密码至少要有{self.min_length}个字符。"
