"""Signing in and changing one's password, in the look of the house."""

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.forms import PasswordChangeForm as DjangoPasswordChangeForm

from wenshang_disclosure.common.forms import dress


class SignInForm(AuthenticationForm):
    """Says that name or password is wrong, never which."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "用户名或密码不正确，请重新输入。注意大小写。",
    }

    def __init__(self, *args, **kwargs):
        """Dress the fields."""
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "用户名"
        self.label_suffix = ""
        dress(self)


class PasswordChangeForm(DjangoPasswordChangeForm):
    """Django's own, dressed."""

    def __init__(self, *args, **kwargs):
        """Dress the fields."""
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        dress(self)
