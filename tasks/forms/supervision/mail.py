"""Forms for a person's contact settings, and for the list of e-mails."""

from django import forms

from departments.choices import MailChoice
from tasks.choices import MailState
from wenshang_disclosure.core.web.forms import PhoneField, ServiceForm, StyledForm


class OwnSettingsForm(ServiceForm):
    """Form for a person's own e-mail address and telephone."""

    mail_choice = forms.ChoiceField(
        label="邮件提醒",
        choices=MailChoice,
        widget=forms.RadioSelect,
        help_text="每日汇总：每天最多一封，列出待办理的事项和未读通知。随时发送：每条通知单独发一封，另有每日待办汇总。",
        error_messages={"required": "请选择邮件提醒方式。", "invalid_choice": "没有这个选项，请重新选择。"},
    )
    email = forms.EmailField(
        label="电子邮箱",
        required=False,
        max_length=254,
        help_text="留空的，不发邮件。",
        error_messages={"invalid": "电子邮箱格式不正确，请核对。"},
    )
    phone = PhoneField(
        label="联系电话", required=False, help_text="手机号，或者带区号的固定电话，如0537-7212345转801。"
    )


class OutboxFilterForm(StyledForm):
    """Filters of the list of e-mails."""

    state = forms.ChoiceField(
        choices=MailState, required=False, error_messages={"invalid_choice": "没有这个选项，请重新选择。"}
    )
    q = forms.CharField(
        label="收件人或单位",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "收件人或单位"}),
    )
