"""Signing in, one's own password, and the file of units and people, in the look of the house."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.forms import PasswordChangeForm as DjangoPasswordChangeForm
from django.db import transaction

from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.common.forms import HouseForm, ServiceForm, dress
from wenshang_disclosure.common.unreadable import Unreadable

from .imports.reading import read
from .models import User

MOST_BYTES = 5 * 1024 * 1024


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
    """Django's own, dressed; a password of one's own lifts the duty to change it."""

    def __init__(self, *args, **kwargs):
        """Dress the fields."""
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        dress(self)

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


class RegisterFileForm(HouseForm):
    """An .xlsx of units and people; `parsed` is what it says."""

    upload = forms.FileField(
        label="单位和人员文件",
        help_text="按模板填写的 .xlsx 文件，不超过5 MB。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请核对后重新选择。"},
    )

    def clean_upload(self):
        """Read the file; why it cannot be read is the field's error."""
        upload = self.cleaned_data["upload"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(f"“{upload.name}”超过5 MB，不像是一份单位和人员名册，不能导入。")
        try:
            self.parsed = read(upload)
        except Unreadable as reason:
            raise forms.ValidationError(f"“{upload.name}”：{reason}") from reason
        return upload


class StandInForm(ServiceForm):
    """Who stands in for the unit's leader, from one day to another."""

    person = forms.ModelChoiceField(
        User.objects.none(),
        label="受委托人",
        empty_label="请选择",
        error_messages={"required": "请选择受委托人。", "invalid_choice": "请从本单位人员中选择。"},
    )
    from_on = forms.DateField(
        label="自",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "请填写起始日期。", "invalid": "请按“2024-12-31”的格式填写日期。"},
    )
    until_on = forms.DateField(
        label="至（含当日）",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "请填写截止日期。", "invalid": "请按“2024-12-31”的格式填写日期。"},
    )

    def __init__(self, *args, people, **kwargs):
        """Offer `people`."""
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people


class TokenForm(ServiceForm):
    """For what a token of one's programs is meant."""

    name = forms.CharField(
        label="用途",
        max_length=60,
        help_text="如“县数据平台每日汇总”，便于以后辨认。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
