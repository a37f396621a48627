"""Forms for signing in, the second factor and changing the password."""

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.contrib.auth.forms import PasswordChangeForm as DjangoPasswordChangeForm
from django.db import transaction
from django.utils import timezone

from departments.models import ApiToken
from departments.sign_in import browsers, lockout
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.addresses import address_of
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.core.web.forms import ServiceForm, add_css_classes


class SignInForm(AuthenticationForm):
    """Sign-in form; its error does not tell whether the user name or the password is wrong."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "用户名或密码不正确，请重新输入。注意大小写。",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "用户名"
        self.label_suffix = ""
        add_css_classes(self)

    def clean(self):
        """Authenticate once.

        After too many failures the error tells how long to wait, whether the account exists or not.
        """
        typed = {name: self.cleaned_data.get(name) for name in ("username", "password")}
        if not all(typed.values()):
            return self.cleaned_data
        address, browser = address_of(self.request), browsers.known_for(self.request, typed["username"])
        try:
            user = lockout.attempt(
                typed["username"], address, lambda: authenticate(self.request, **typed), browser=browser
            )
        except Refused as wait:
            raise forms.ValidationError(str(wait), code="wait") from wait
        if user is None:
            raise self._failed(lockout.waiting(typed["username"], address, browser=browser))
        self.confirm_login_allowed(user)
        self.user_cache = user
        return self.cleaned_data

    def _failed(self, lock):
        wrong = self.get_invalid_login_error()
        return forms.ValidationError([wrong, lockout.in_words(lock)]) if lock else wrong


class CodeForm(ServiceForm):
    """The one-time code after the password."""

    code = forms.CharField(
        label="动态口令",
        max_length=20,
        error_messages={"required": "请输入动态口令。"},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class PasswordForm(ServiceForm):
    """The person's own password again, before a step that weakens the account."""

    password = forms.CharField(
        label="登录密码",
        strip=False,
        error_messages={"required": "请输入登录密码。"},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ProofForm(ServiceForm):
    """The password again, or a code where the person has a second factor."""

    password = forms.CharField(
        label="登录密码",
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    code = forms.CharField(
        label="或者动态口令",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )

    def __init__(self, *args, with_code, **kwargs):
        super().__init__(*args, **kwargs)
        if not with_code:
            del self.fields["code"]

    def clean(self):
        """Require one of the two."""
        if not any(self.cleaned_data.values()):
            raise forms.ValidationError(
                "请输入登录密码。" if "code" not in self.fields else "请输入登录密码或者动态口令。"
            )
        return self.cleaned_data


class FirstPasswordForm(SetPasswordForm):
    """Django's form for a password without the one before, in the product's style."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        add_css_classes(self)


class PasswordChangeForm(DjangoPasswordChangeForm):
    """Django's form in the product's style; it also lifts the obligation to change an initial password."""

    end_tokens = forms.BooleanField(
        label="同时停用我的全部接口令牌", required=False, help_text="怀疑密码或者令牌泄露的，请勾选。"
    )

    def __init__(self, *args, address, **kwargs):
        """`address` is the client's IP address, for counting failures."""
        super().__init__(*args, **kwargs)
        self.address = address
        self.label_suffix = ""
        add_css_classes(self)

    def clean_old_password(self):
        """Check the old password; a wrong one counts as a failed sign-in, against guessing in an open session."""
        typed = self.cleaned_data["old_password"]
        try:
            lockout.prove(self.user, self.address, typed)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal), code="password_incorrect") from refusal
        return typed

    def clean(self):
        """Reject the initial password as the new one."""
        cleaned = super().clean()
        password = self.cleaned_data.get("new_password2")
        if password and self.user.must_change_password and self.user.check_password(password):
            self.add_error("new_password2", "新密码不能与初始密码相同。")
        return cleaned

    def save(self, commit=True):
        """Set the password and record it in the audit trail."""
        self.user.must_change_password = False
        with transaction.atomic():
            record(Kind.PERMISSION, "修改密码", by=self.user, on=self.user)
            if self.cleaned_data["end_tokens"]:
                self._end_tokens()
            return super().save(commit)

    def _end_tokens(self):
        ended = ApiToken.objects.of(self.user).update(revoked_at=timezone.now())
        record(Kind.PERMISSION, "停用全部接口令牌", by=self.user, on=self.user, detail={"tokens": ended})
