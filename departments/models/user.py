"""Accounts of people, with their roles."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.auth.password_validation import validate_password
from django.db import models, transaction
from django.db.models import Q

from departments.choices import BELONGS_TO_A_UNIT, READS_EVERYTHING, MailChoice, Role
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused

from .unit import Unit

NEVER_DELETED = "账号只能停用，不能删除：办理记录须长期保留。"


class PeopleQuerySet(models.QuerySet):
    """Queryset of accounts, which are deactivated and never deleted."""

    def delete(self):
        """Raise `Refused`."""
        raise Refused(NEVER_DELETED)


class People(UserManager.from_queryset(PeopleQuerySet)):
    """Manager of accounts."""

    @transaction.atomic
    def create_superuser(self, username, email=None, password=None, **fields):
        """Create a system administrator, who belongs to the office.

        Raises `ValidationError` for a password that nobody else may have either.
        """
        if password is not None:
            named = {name: value for name, value in fields.items() if name in ("name", "phone")}
            validate_password(password, self.model(username=username, email=email or "", **named))
        user = super().create_superuser(username, email, password, **{"role": Role.OFFICE, **fields})
        record(Kind.PERMISSION, "新建系统管理员", on=user, detail={"role": user.role})
        return user


class User(AbstractUser):
    """A person with one role, and a unit if the role belongs to one."""

    first_name = last_name = None
    name = models.CharField("姓名", max_length=40)
    role = models.CharField("角色", max_length=16, choices=Role)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="people", verbose_name="所在单位"
    )
    phone = models.CharField("联系电话", max_length=30, blank=True)
    mail_choice = models.CharField(
        "邮件提醒",
        max_length=10,
        choices=MailChoice,
        default=MailChoice.DAILY,
        help_text="填写了电子邮箱的，按此发送。",
    )
    calendar_key = models.CharField("日历地址摘要", max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001
    must_change_password = models.BooleanField("首次登录须修改密码", default=False, editable=False)
    second_factor_due_at = models.DateTimeField("须启用动态口令时间", null=True, blank=True, editable=False)
    is_demo = models.BooleanField("演示账号", default=False, editable=False)

    objects = People()
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        ordering = ["unit__order", "role", "username"]
        constraints = [
            models.CheckConstraint(
                name="unit_role_has_a_unit",
                condition=~Q(role__in=sorted(BELONGS_TO_A_UNIT)) | Q(unit__isnull=False),
                violation_error_message="联络员和分管领导必须填写所在单位。",
            )
        ]

    def __str__(self):
        return self.name or self.username

    def delete(self, *args, **kwargs):
        """Raise `Refused`: an account is deactivated, so that the records of its work remain."""
        raise Refused(NEVER_DELETED)

    @property
    def audit_name(self):
        """The user name, so that the audit trail holds no personal names."""
        return self.username

    @property
    def is_administrator(self):
        """Whether the account administers the system, once it is on."""
        return self.is_staff and self.role == Role.OFFICE

    @property
    def reads_everything(self):
        """Whether the role sees the duties and reports of every unit (design: Who may do what)."""
        return self.role in READS_EVERYTHING

    @property
    def acting_unit_id(self):
        """The id of the unit that the person acts for, `None` for the office and for readers."""
        return self.unit_id if self.role in BELONGS_TO_A_UNIT else None

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name
