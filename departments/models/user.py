"""Accounts of people, with their roles."""

from copy import copy

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.auth.password_validation import validate_password
from django.db import models, transaction
from django.db.models import Q
from django.utils.functional import cached_property

from departments.choices import BELONGS_TO_A_UNIT, READS_EVERYTHING, MailChoice, Role
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused

from .membership import Membership
from .unit import Unit

NEVER_DELETED = "账号只能停用，不能删除：办理记录须长期保留。"


def with_names_only(rows, *people):
    """Select the people that the foreign keys `people` of `rows` lead to, with what a page writes of them: the name."""
    unread = [field.attname for field in User._meta.concrete_fields if field.attname not in ("id", "name", "username")]
    return rows.select_related(*people).defer(*(f"{person}__{name}" for person in people for name in unread))


def by_post(**post):
    """Return the condition on accounts that have such a post today, their own or a further membership."""
    further = Membership.objects.in_force().filter(**post)
    return Q(**post) | Q(pk__in=further.values("person"))


class PeopleQuerySet(models.QuerySet):
    """Queryset of accounts, which are deactivated and never deleted."""

    def visible_to(self, user):
        """Cut to the accounts that `user` may look at: all for the office, otherwise those of their own unit."""
        if user.role == Role.OFFICE:
            return self
        return self.filter(by_post(unit=user.acting_unit_id)) if user.acting_unit_id else self.none()

    def in_post(self, **post):
        """Filter to active people with such a post today, that of the account or a further membership.

        `post` are conditions on `unit` and `role`.
        """
        return self.filter(by_post(**post), is_active=True)

    def holders(self, **post):
        """Return the active people with such a post today, each working as it: whoever has two such posts twice.

        `post` are conditions on `unit` and `role`; uses two queries.
        """
        further = Membership.objects.in_force().filter(person__is_active=True, **post).order_by("pk")
        working = [one.person.work_as(one) for one in further.select_related("person", "unit")]
        return [*self.filter(is_active=True, **post), *working]

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

    membership = None
    """The further membership that the person works as now, `None` for unit and role of the account itself."""
    has_memberships = False
    """Whether there is anything to switch to in this session."""

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

    def save(self, *args, update_fields=None, **kwargs):
        """Save the account, never the unit and role of a membership that the person only works as."""
        if self.membership is not None:
            names = update_fields or [field.name for field in self._meta.concrete_fields if not field.primary_key]
            update_fields = set(names) - {"unit", "role"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def work_as(self, membership):
        """Let the person work as a further membership: unit and role are its own from now on. Return the person."""
        if self.membership is None:
            self.account_unit_id, self.account_role = self.unit_id, self.role
        self.membership, self.unit, self.role = membership, membership.unit, membership.role
        return self

    def in_each_post(self):
        """Return the person in each of today's posts, as copies: first that of the account, then the memberships."""
        own = User.objects.select_related("unit").get(pk=self.pk) if self.membership else self
        further = Membership.objects.in_force().filter(person=self.pk).select_related("unit").order_by("pk")
        return [own, *(copy(own).work_as(one) for one in further)]

    def posts(self):
        """Return what the person may work as today, for the menu: `(id of the membership, words, whether it is now)`,
        that of the account first, with id 0.
        """
        now = self.membership and self.membership.pk
        return [(_id(one), one.post_in_words, _id(one) == (now or 0)) for one in self.in_each_post()]

    def delete(self, *args, **kwargs):
        """Raise `Refused`: an account is deactivated, so that the records of its work remain."""
        raise Refused(NEVER_DELETED)

    @cached_property
    def account_role(self):
        """The role of the account itself, whatever the person works as."""
        return self.role

    @property
    def post_in_words(self):
        """What the person works as: “泉河街道联络员”."""
        unit = self.unit.label if self.unit_id and not self.reads_everything else ""
        return f"{unit}{self.get_role_display()}"

    @property
    def audit_post(self):
        """What the audit trail tells of the post of an act: a further membership, "" for that of the account."""
        return str(self.membership) if self.membership else ""

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


def _id(person):
    return person.membership.pk if person.membership else 0
