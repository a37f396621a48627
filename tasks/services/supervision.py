"""The office sets by which rules a plan is supervised."""

from django.db import transaction

from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import differences, record
from wenshang_disclosure.common.errors import Refused, require

from ..choices import PlanState
from ..models import Plan, SupervisionRules


@transaction.atomic
def set_rules(plan, *, by, **rules):
    """Keep the rules of an issued plan, and give them. They count from the next day's work on."""
    require(by, "tasks.manage_plan")
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.state != PlanState.ISSUED:
        raise Refused("分解表印发后才能设置督办规则。")
    standing = SupervisionRules.of(plan)
    changed = differences({name: getattr(standing, name) for name in rules}, rules)
    record(Kind.CHANGE, "设置督办规则", by=by, on=plan, detail=changed)
    return SupervisionRules.objects.update_or_create(plan=plan, defaults=rules)[0]
