"""Forms for what people do in their own unit and with their own account: deputies, API tokens."""

from django import forms

from departments.choices import TokenScope
from departments.models import User
from wenshang_disclosure.core.web.forms import ServiceForm


class StandInForm(ServiceForm):
    """A deputy for the unit's leader and the period, both days inclusive."""

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
        """`people` is the queryset to choose from."""
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people


class TokenForm(ServiceForm):
    """The purpose of a new API token, what it reads and until when."""

    name = forms.CharField(
        label="用途",
        max_length=60,
        help_text="如“县数据平台每日汇总”，便于以后辨认。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label="可读取",
        choices=TokenScope,
        initial=TokenScope.ALL,
        required=False,
        help_text="只选程序用得到的。",
    )
    expires_on = forms.DateField(
        label="有效期至（含当日）",
        required=False,
        help_text="最长一年；不填为一年。",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "请按“2024-12-31”的格式填写日期。"},
    )

    def clean_scope(self):
        """Return the scope, all where none was chosen."""
        return self.cleaned_data["scope"] or TokenScope.ALL
