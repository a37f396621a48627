"""Units and their aliases."""

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from departments.choices import Role, UnitKind
from departments.pinyin import search_key
from wenshang_disclosure.core.evenings import current_day
from wenshang_disclosure.core.history import Historical, HistoricalQuerySet


class FoundByPinyinQuerySet(models.QuerySet):
    """Queryset that sets the search key in bulk writes, as `save` does for one record."""

    def bulk_create(self, objs, *args, **kwargs):
        objs = list(objs)
        for one in objs:
            one.fill_search_key()
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs, fields, *args, **kwargs):
        objs, fields = list(objs), list(fields)
        if set(fields) & set(self.model.FOUND_BY):
            for one in objs:
                one.fill_search_key()
            fields = [*fields, "search_key"]
        return super().bulk_update(objs, fields, *args, **kwargs)


class FoundByPinyin(models.Model):
    """Base of a model that is searched by pinyin and initials; `FOUND_BY` names the fields."""

    FOUND_BY = ("name",)

    search_key = models.TextField("检索词", blank=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, **kwargs):
        """Save the search key together with the names."""
        self.fill_search_key()
        if update_fields is not None and set(update_fields) & set(self.FOUND_BY):
            update_fields = {*update_fields, "search_key"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def fill_search_key(self):
        """Compute the search key from the fields in `FOUND_BY`."""
        self.search_key = search_key(*(getattr(self, name) for name in self.FOUND_BY))


class UnitQuerySet(HistoricalQuerySet, FoundByPinyinQuerySet):
    """Queryset of units."""

    def active(self, on=None):
        """Return the units that exist on a day, by default the current one: established by then, not yet retired."""
        on = on or current_day()
        return self.filter(Q(established_on__isnull=True) | Q(established_on__lte=on)).filter(
            Q(retired_on__isnull=True) | Q(retired_on__gt=on)
        )

    def without_liaison(self):
        """Return today's units without an active liaison, for which nobody can report."""
        people = self.model._meta.get_field("people").related_model.objects
        post = {"unit": models.OuterRef("pk"), "role": Role.LIAISON}
        further = self.model._meta.get_field("memberships").related_model.objects.in_force()
        liaisons = people.filter(is_active=True, **post)
        return self.active().exclude(
            models.Exists(liaisons) | models.Exists(further.filter(person__is_active=True, **post))
        )

    def visible_to(self, user):
        """Return the units whose ledger `user` may read: all for roles that read everything, otherwise their own and
        those that were merged into it.
        """
        return self if user.reads_everything else self.of(user)

    def of(self, user):
        """Filter to the unit of `user` and those that were merged into it."""
        if not user.unit_id:
            return self.none()
        return self.filter(Q(pk=user.unit_id) | self.merged_into(user.unit_id))

    @staticmethod
    def merged_into(unit):
        """Return the condition on units that were merged into `unit`, an id, directly or through another one."""
        return Q(successor=unit) | Q(successor__successor=unit)


class Unit(Historical, FoundByPinyin):
    """A department, public institution, vertical agency, town, township or subdistrict (单位)."""

    FOUND_BY = ("name", "short_name")

    name = models.CharField("单位名称", max_length=100, unique=True)
    short_name = models.CharField("简称", max_length=40, blank=True)
    kind = models.CharField("类别", max_length=16, choices=UnitKind)
    division_code = models.CharField("行政区划代码", max_length=12, blank=True)
    order = models.PositiveSmallIntegerField("排序", default=1000)
    established_on = models.DateField("设立日期", null=True, blank=True, help_text="留空表示一直存在。")
    retired_on = models.DateField(
        "撤销日期", null=True, blank=True, help_text="自这一天起不再承担任务，已报送的内容不受影响。"
    )
    leader_approves = models.BooleanField(
        "报送前须经分管领导审签", default=False, help_text="本单位的报告由分管领导（或其委托的人）审签后才送出。"
    )
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name="并入单位"
    )

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["order", "pk"]
        indexes = [models.Index(fields=["kind", "order"], name="unit_by_kind")]
        constraints = [
            models.CheckConstraint(
                name="unit_successor_needs_retirement",
                condition=Q(successor__isnull=True) | Q(retired_on__isnull=False),
                violation_error_message="填写了并入单位，就要填写撤销日期。",
            ),
            models.CheckConstraint(
                name="unit_does_not_succeed_itself",
                condition=Q(successor__isnull=True) | ~Q(successor=F("pk")),
                violation_error_message="单位不能并入自己。",
            ),
        ]

    def __str__(self):
        return self.name

    def last_successor(self):
        """Return the unit that it was merged into in the end, itself where it was not merged."""
        unit, seen = self, set()
        while unit.successor_id and unit.pk not in seen:
            seen.add(unit.pk)
            unit = unit.successor
        return unit

    def merged_into_it(self):
        """Return the units that were merged into it, the earliest first."""
        return Unit.objects.filter(UnitQuerySet.merged_into(self.pk)).order_by("retired_on", "pk")

    @cached_property
    def ids_merged_into_it(self):
        """Return the ids of these units, read once."""
        return list(self.merged_into_it().values_list("pk", flat=True))

    @property
    def label(self):
        """The short name if there is one, otherwise the name, for narrow columns."""
        return self.short_name or self.name

    @property
    def is_active(self):
        """Whether the unit exists on the current day, by the same rule as `UnitQuerySet.active`."""
        today = current_day()
        return (self.established_on is None or self.established_on <= today) and (
            self.retired_on is None or self.retired_on > today
        )


class AliasQuerySet(HistoricalQuerySet, FoundByPinyinQuerySet):
    """Queryset of aliases."""


class Alias(Historical, FoundByPinyin):
    """Another name of a unit in documents (别名), or its former name after a change of name."""

    name = models.CharField("别名", max_length=100, unique=True)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="aliases", verbose_name="单位")
    used_until = models.DateField("用至", null=True, blank=True, help_text="原名在更名前用至哪一天；普通别名留空。")

    objects = AliasQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位别名"
        ordering = ["pk"]

    def __str__(self):
        return self.name
