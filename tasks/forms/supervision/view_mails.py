"""Form that says to whom a saved view (视图) is mailed on Mondays."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from departments.models import User
from tasks.services.supervision.view_mails import MAX_RECIPIENTS, people_offered
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.errors import may
from wenshang_disclosure.core.web.forms import RecordsField, ServiceForm, clean_text

MAX_PERSON_CHARS = 20


class MailForm(ServiceForm):
    """To whom a view is mailed on Mondays; nobody stops it."""

    people = RecordsField(
        queryset=User.objects.none(),
        label="系统内人员",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "收件人中有您不能发送的人员，请重新选择。"},
    )
    addresses = forms.CharField(
        label="系统以外的收件人",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "张三 zhangsan@example.gov.cn"}),
        help_text="每行一人：姓名、空格、邮箱。只能用系统管理员允许的邮箱。",
    )

    def __init__(self, *args, user, **kwargs):
        """Offer the people to whom `user` may mail."""
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people_offered(user)
        self.fields["people"].label_from_instance = lambda person: (
            f"{person.name}（{person.unit.label if person.unit else office_name()}{person.get_role_display()}）"
        )
        if not may(user, "tasks.mail_view_outside"):
            del self.fields["addresses"]

    def clean_addresses(self):
        """Return `[(name, address)]` of the lines."""
        lines = [line for line in clean_text(self.cleaned_data["addresses"]).split("\n") if line.strip()]
        return [_read_line(line) for line in lines[: MAX_RECIPIENTS + 1]]

    def keywords(self):
        return {"people": list(self.cleaned_data["people"]), "addresses": self.cleaned_data.get("addresses", [])}


def _read_line(line):
    name, _, address = line.replace("　", " ").replace("，", " ").strip().rpartition(" ")
    name = name.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise ValidationError(f"“{line.strip()[:60]}”没有正确的邮箱，请按“姓名 邮箱”填写。") from None
    if not name or len(name) > MAX_PERSON_CHARS:
        raise ValidationError(f"“{line.strip()[:60]}”没有写明姓名，请按“姓名 邮箱”填写。")
    return name, address
