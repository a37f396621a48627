"""Signing in, the second factor and changing the password."""

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.forms import PasswordChangeForm as DjangoPasswordChangeForm
from django.db import transaction

from departments.sign_in import lockout
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.addresses import address_of
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.core.web.forms import ServiceForm, dress


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

    def clean(self):
        """Try the two once; who failed too often is told how long to wait, whether there is such an account or not."""
        typed = {name: self.cleaned_data.get(name) for name in ("username", "password")}
        if not all(typed.values()):
            return self.cleaned_data
        address = address_of(self.request)
        try:
            user = lockout.attempt(typed["username"], address, lambda: authenticate(self.request, **typed))
        except Refused as wait:
            raise forms.ValidationError(str(wait), code="wait") from wait
        if user is None:
            raise self._failed(lockout.waiting(typed["username"], address))
        self.confirm_login_allowed(user)
        self.user_cache = user
        return self.cleaned_data

    def _failed(self, lock):
        wrong = self.get_invalid_login_error()
        return forms.ValidationError([wrong, lockout.in_words(lock)]) if lock else wrong


class CodeForm(ServiceForm):
    """The code after the password."""

    code = forms.CharField(
        label="动态口令",
        max_length=20,
        error_messages={"required": "请输入动态口令。"},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class PasswordForm(ServiceForm):
    """One's own password once more, before a step that weakens the account."""

    password = forms.CharField(
        label="登录密码",
        strip=False,
        error_messages={"required": "请输入登录密码。"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordChangeForm(DjangoPasswordChangeForm):
    """Django's own, dressed; a password of one's own lifts the duty to change it."""

    def __init__(self, *args, address, **kwargs):
        """Dress the fields, and know from where it is tried."""
        super().__init__(*args, **kwargs)
        self.address = address
        self.label_suffix = ""
        dress(self)

    def clean_old_password(self):
        """A wrong one counts as a failed sign-in: a session that was left open is no place to guess."""
        typed = self.cleaned_data["old_password"]
        try:
            lockout.prove(self.user, self.address, typed)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal), code="password_incorrect") from refusal
        return typed

    def clean(self):
        """The one that somebody else gave is not taken again."""
        cleaned = super().clean()
        password = self.cleaned_data.get("new_password2")
        if password and self.user.must_change_password and self.user.check_password(password):
            self.add_error("new_password2", "新密码不能与初始密码相同。")
        return cleaned

    def save(self, commit=True):
        """Set the password, and tell that it was done."""
        self.user.must_change_password = False
        with transaction.atomic():
            record(Kind.PERMISSION, "修改密码", by=self.user, on=self.user)
            return super().save(commit)
