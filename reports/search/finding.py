"""Search results: one queryset per kind, restricted to the user, matched by LIKE in the folded text of the records.

On PostgreSQL trigram indexes support it (reports/migrations/0001). `contains` escapes LIKE wildcards.
"""

from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.db.models import Case, Q, QuerySet, Value, When

from departments.models import Alias, Unit
from departments.pinyin import as_letters
from tasks.choices import NOT_SUBMITTED, PlanState
from tasks.models import Evidence, ProgressReport, Task
from wenshang_disclosure.core.folding import fold

from .question import read


@dataclass
class Group:
    """Results of one kind; `rows` is ordered and not yet evaluated."""

    kind: str
    label: str
    rows: QuerySet


def find(user, plan, text):
    """Return a `Group` for tasks, units, reports and evidence of `plan`, or of all issued plans if it is `None`.

    Every word has to match; an empty query finds nothing. Raises `BadQuestion`.
    """
    question = read(text)
    if not question.words:
        return []
    return [
        Group("tasks", "任务", _tasks(user, plan, question)),
        Group("units", "单位", _units(user, question)),
        Group("reports", "进展报告", _reports(user, plan, question)),
        Group("evidence", "佐证材料", _evidence(user, plan, question)),
    ]


def _tasks(user, plan, question):
    tasks = Task.objects.visible_to(user).filter(**_of(plan, "plan")).select_related("section__part")
    tasks = tasks.only("number", "requirement", "section__heading", "section__part__heading")
    match = _every_word(question.words)
    if question.number is None:
        return tasks.filter(match).order_by("-plan__year", "plan", "number")
    meant = Case(When(number=question.number, then=Value(0)), default=Value(1))
    return tasks.filter(match | Q(number=question.number)).order_by(meant, "-plan__year", "plan", "number")


def _units(user, question):
    units = Unit.objects.visible_to(user)
    names = [*Unit.objects.values_list("pk", "name", "short_name"), *Alias.objects.values_list("unit", "name")]
    for word in question.words:
        named = Q(pk__in={pk for pk, *texts in names if any(fold(word) in fold(text) for text in texts)})
        spelt = _spelt(word)
        units = units.filter(named | spelt | Q(pk__in=Alias.objects.filter(spelt).values("unit")) if spelt else named)
    return units.prefetch_related("aliases").order_by("order", "pk")


def _spelt(word):
    """Return the condition that the word is the pinyin or initials of a name from any syllable on, else `None`."""
    letters = as_letters(word)
    return Q(search_key__contains=f" {letters}") if letters else None


def _reports(user, plan, question):
    reports = ProgressReport.objects.visible_to(user).submitted().filter(**_of(plan, "assignment__plan"))
    reports = reports.filter(_every_word(question.words))
    shown = reports.select_related("assignment__task", "assignment__unit").only(
        *("state", "submitted_at", *ProgressReport.SEARCHED), *_duty("assignment")
    )
    return shown.order_by("-submitted_at", "-pk")


def _evidence(user, plan, question):
    items = Evidence.objects.visible_to(user).exclude(report__state__in=NOT_SUBMITTED)
    items = items.filter(**_of(plan, "report__assignment__plan"))
    items = items.filter(_every_word(question.words))
    shown = items.select_related("report__assignment__task", "report__assignment__unit").only(
        "title", "kind", "file_name", "report__submitted_at", *_duty("report__assignment")
    )
    return shown.order_by("-report__submitted_at", "-pk")


def _duty(path):
    """Return the fields by which a result names its duty."""
    return f"{path}__task__number", f"{path}__unit__name"


def _of(plan, path):
    return {path: plan} if plan else {f"{path}__state": PlanState.ISSUED}


def _every_word(words):
    return reduce(and_, (Q(folded__contains=fold(word)) for word in words))
