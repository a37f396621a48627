"""Saved views (视图): a list with filters, order and columns under a name, and to whom it is mailed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse

from tasks.choices import Sharing
from wenshang_disclosure.core.web.lists import LISTS

MAX_NAME_CHARS = 20
MAX_QUERY_CHARS = 4000


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Filter to the views that `user` may open: their own, those of their unit, and those for everybody."""
        seen = Q(owner=user.pk) | Q(sharing=Sharing.COUNTY)
        if user.acting_unit_id:
            seen |= Q(sharing=Sharing.UNIT, unit=user.acting_unit_id)
        return self.filter(seen)

    def as_tabs(self):
        """Order as tabs stand: those for everybody, the unit's, the own ones; each in its order."""
        return self.select_related("owner").order_by(
            models.Case(
                models.When(sharing=Sharing.COUNTY, then=0), models.When(sharing=Sharing.UNIT, then=1), default=2
            ),
            "order",
            "pk",
        )

    def mailed(self):
        """Filter to the views that are mailed on Mondays."""
        return self.filter(mailed_on__isnull=False)


class SavedView(models.Model):
    """A list with filters, order and columns (视图).

    `list_name` is that of the address of its page, `query` what its address says, without year and day: a view is of
    the present. `unit` is the unit for which its owner saved it, `None` for the office's people; who works for another
    one by now neither shares nor mails it. `mailed_on` is the last Monday whose mail was written, `None` where nothing
    is mailed, and `mail_stopped` says why mailing ended by itself.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="保存人")
    unit = models.ForeignKey(
        "departments.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    list_name = models.CharField("清单", max_length=60)
    name = models.CharField("名称", max_length=MAX_NAME_CHARS)
    query = models.TextField("条件", max_length=MAX_QUERY_CHARS, blank=True)
    sharing = models.CharField("共享范围", max_length=8, choices=Sharing, default=Sharing.OWN)
    order = models.PositiveSmallIntegerField("排序", default=0)
    mailed_on = models.DateField("最近一次邮件日期", null=True, blank=True)
    mail_stopped = models.CharField("停发原因", max_length=100, blank=True)
    created_at = models.DateTimeField("保存时间", auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "视图"
        ordering = ["list_name", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "list_name", "name"], name="view_names_of_a_person_differ")
        ]

    def __str__(self):
        return self.name

    @property
    def audit_name(self):
        """The number of the view, so that the audit trail holds nothing that a person typed."""
        return f"视图{self.pk}"

    @property
    def address(self):
        """Return the address of the list that shows the view."""
        return self.address_in({})

    def address_in(self, kept):
        """Return the address of the view in the year and on the day that are kept through all pages."""
        query = QueryDict(self.query, mutable=True)
        query["view"] = str(self.pk)
        for name, value in kept.items():
            query[name] = str(value)
        return f"{reverse(self.list_name)}?{query.urlencode()}"

    def opens_for(self, user):
        """Return whether the list of the view is there for `user`."""
        return self.list_name in LISTS and LISTS[self.list_name].is_open_to(user)

    @property
    def is_of_another_unit(self):
        """Return whether its owner works for another unit now than when it was saved."""
        return self.unit_id != self.owner.acting_unit_id


class ViewRecipient(models.Model):
    """One to whom a view is mailed: a person of the house, or an address outside that the administrator allows."""

    view = models.ForeignKey(SavedView, models.CASCADE, related_name="recipients", verbose_name="视图")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="收件人"
    )
    name = models.CharField("姓名", max_length=40, blank=True)
    address = models.EmailField("电子邮箱", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "视图收件人"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["view", "person"], name="view_is_mailed_once_to_a_person"),
            models.CheckConstraint(
                name="recipient_is_a_person_or_an_address",
                condition=Q(person__isnull=False, address="") | Q(person__isnull=True) & ~Q(address=""),
            ),
        ]

    def __str__(self):
        return self.person.name if self.person else f"{self.name} {self.address}"


class StartPage(models.Model):
    """The view that a person starts at."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="start_page", verbose_name="人员"
    )
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+", verbose_name="视图")

    class Meta:
        verbose_name = verbose_name_plural = "首页"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.person}：{self.view}"


def start_page_of(user):
    """Return the view at which `user` starts, `None` where there is none that they may open."""
    views = SavedView.objects.visible_to(user).filter(pk__in=StartPage.objects.filter(person=user).values("view"))
    return next((view for view in views if view.opens_for(user)), None)
