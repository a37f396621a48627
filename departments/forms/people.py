"""Forms for people: their account, their posts, and whom users ask at the office."""

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils import timezone

from departments.choices import BELONGS_TO_A_UNIT, Role
from departments.models import Unit
from wenshang_disclosure.core.region import office_name, worded
from wenshang_disclosure.core.web.forms import PhoneField, ServiceForm

from .units import BAD_DAY, DAY

UNIT_ROLES = [(role.value, role.label) for role in Role if role in BELONGS_TO_A_UNIT]


def _name():
    return forms.CharField(label="姓名", max_length=40, error_messages={"required": "请填写姓名。"})


def _username(**options):
    wrong = UnicodeUsernameValidator(message="登录名只能用汉字、字母、数字和 @ . + - _，不能有空格。")
    return forms.CharField(
        label="登录名", max_length=150, validators=[wrong], error_messages={"required": "请填写登录名。"}, **options
    )


def _email():
    return forms.EmailField(label="电子邮箱", required=False, help_text="用于邮件提醒和发送登记链接。")


def _unit(**options):
    words = {"required": "请选择单位。", "invalid_choice": "请从在册的单位里选择。"}
    return forms.ModelChoiceField(Unit.objects.active(), empty_label="请选择", error_messages=words, **options)


class NewPersonForm(ServiceForm):
    """A new account: an office account registers those of units, an administrator all."""

    name = _name()
    unit = _unit(label="所在单位", required=False)
    role = forms.ChoiceField(label="角色", choices=UNIT_ROLES)
    phone = PhoneField(label="联系电话", required=False)
    username = _username(required=False, help_text="不填的，以联系电话登录。")
    email = _email()

    def __init__(self, *args, all_roles, **kwargs):
        """`all_roles` says whether roles of the office are offered, too."""
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.active()
        if all_roles:
            self.fields["role"].choices = [*UNIT_ROLES, *(one for one in Role.choices if one not in UNIT_ROLES)]
            self.fields["unit"].help_text = f"{office_name()}工作人员、审核人和审计人员可以不选。"


class PersonForm(ServiceForm):
    """Name, user name and contacts of an account."""

    name = _name()
    username = _username()
    phone = PhoneField(label="联系电话", required=False)
    email = _email()


class RightsForm(ServiceForm):
    """Role of an account, and whether it administers the system."""

    role = forms.ChoiceField(label="角色", choices=Role)
    is_staff = forms.BooleanField(label="系统管理员", required=False, help_text="发放密码，变更角色，进入系统管理。")

    def __init__(self, *args, **kwargs):
        """Give the fields ids of their own: they stand on a page with other forms."""
        super().__init__(*args, auto_id="rights_%s", **kwargs)


class MoveForm(ServiceForm):
    """To which unit an account moves, from which day."""

    unit = _unit(label="调到")
    role = forms.ChoiceField(label="角色", choices=UNIT_ROLES, required=False)
    on = forms.DateField(
        label="自",
        widget=forms.DateInput(**DAY),
        help_text="自这一天起属于新单位。可以是今天或以前；填以后日期的，到那天早上由系统办理，此前可以取消。",
        error_messages={"required": "请填写调动日期。", "invalid": BAD_DAY},
    )

    def __init__(self, *args, person, with_role, **kwargs):
        """`person` is who moves; `with_role` says whether the role can be changed with it."""
        super().__init__(*args, initial={"on": timezone.localdate(), "role": person.role}, **kwargs)
        self.fields["unit"].queryset = Unit.objects.active()
        self.fields["unit"].required = person.role in BELONGS_TO_A_UNIT
        if not with_role or person.role not in BELONGS_TO_A_UNIT:
            del self.fields["role"]


class MembershipForm(ServiceForm):
    """A unit and a role that a person has besides, and for how long."""

    unit = _unit(label="单位")
    role = forms.ChoiceField(label="角色", choices=UNIT_ROLES)
    from_on = forms.DateField(
        label="自",
        widget=forms.DateInput(**DAY),
        error_messages={"required": "请填写起始日期。", "invalid": BAD_DAY},
    )
    until_on = forms.DateField(
        label="至（含当日）",
        required=False,
        widget=forms.DateInput(**DAY),
        help_text="不填表示长期。",
        error_messages={"invalid": BAD_DAY},
    )

    def __init__(self, *args, person, all_roles, **kwargs):
        """`person` is who gets the membership; `all_roles` says whether other roles than their own are offered."""
        initial = {"from_on": timezone.localdate(), "role": person.role}
        super().__init__(*args, initial=initial, auto_id="membership_%s", **kwargs)
        self.fields["unit"].queryset = Unit.objects.active()
        if not all_roles:
            self.fields["role"].choices = [one for one in UNIT_ROLES if one[0] == person.role]


class OfficeContactForm(ServiceForm):
    """Whom users ask at the office."""

    who = forms.CharField(
        label="联系谁",
        max_length=60,
        help_text=worded("如“{office_short}政务公开股”。"),
        error_messages={"required": "请填写联系谁。"},
    )
    phone = forms.CharField(
        label="联系电话",
        max_length=60,
        help_text="可以填几个，用顿号隔开。",
        error_messages={"required": "请填写联系电话。"},
    )
    note = forms.CharField(label="说明", max_length=120, required=False, help_text="如“工作日8:30—17:30”。")
