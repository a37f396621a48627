"""Draft plans: creating, describing, deleting."""

from django.db import transaction

from tasks.models import BasisDocument, Plan
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import require

from .drafting import open_draft, refuse_stale, seen_plan


@transaction.atomic
def begin(*, by, basis, **about):
    """Create an empty draft and return it. `basis` is a list of `(title, number)`."""
    require(by, "tasks.manage_plan")
    plan = Plan.objects.create(**about)
    _write_basis(plan, basis)
    record(Kind.CHANGE, "新建分解表", by=by, on=plan)
    return plan


@transaction.atomic
def describe(plan, *, by, version, basis, **about):
    """Change title, numbers and basis documents of a draft, and return it.

    Raises `Conflict` where it was issued, or differs from `version`.
    """
    plan = open_draft(plan.pk, by=by)
    refuse_stale(version, seen_plan(plan), "分解表的基本信息")
    for field, value in about.items():
        setattr(plan, field, value)
    plan.save()
    _write_basis(plan, basis)
    record(Kind.CHANGE, "修改分解表基本信息", by=by, on=plan)
    return plan


def _write_basis(plan, basis):
    plan.basis.all().delete()
    BasisDocument.objects.bulk_create(
        BasisDocument(plan=plan, order=order, title=title, number=number)
        for order, (title, number) in enumerate(basis, start=1)
    )


@transaction.atomic
def discard(plan, *, by, version):
    """Delete a draft with everything in it.

    Raises `Conflict` where it was issued, or differs from `version`.
    """
    plan = open_draft(plan.pk, by=by)
    refuse_stale(version, seen_contents(plan), "分解表")
    record(Kind.CHANGE, "删除分解表", by=by, on=plan, detail={"rows": plan.tasks.count()})
    plan.delete()


def seen_contents(plan):
    """Return the mark of what would be deleted with the plan: its description and its number of rows."""
    return f"{seen_plan(plan)}-{plan.tasks.count()}"
