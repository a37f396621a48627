"""Switches the ranking of units on or off, for the whole county."""

from django.db import transaction
from django.utils import timezone

from departments.models import RankingDecision
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.db import advisory_lock
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

OFFICE_ONLY = worded("是否对单位排名由{office_short}工作人员决定。")


def version():
    """Return the id of the decision that holds, 0 where nobody has decided, for detecting concurrent changes."""
    return RankingDecision.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@transaction.atomic
def decide(*, by, is_on, reason, seen):
    """Decide whether units are ranked, with a reason; return the `RankingDecision`.

    `seen` is the `version` that was shown. Raises `Conflict` where somebody has decided since, `Refused` without a
    reason or where it is so already.
    """
    require(by, "departments.decide_ranking", sentence=OFFICE_ONLY)
    advisory_lock("ranking")
    if version() != seen:
        raise Conflict("刚才已有新的决定，本次操作未生效。请看过下面的情况再办理。")
    if RankingDecision.objects.units_are_ranked() == is_on:
        raise Refused(f"单位排名已经{'开启' if is_on else '关闭'}。")
    if not reason.strip():
        raise Refused("请写明依据或者原因。")
    decision = RankingDecision.objects.create(is_on=is_on, reason=reason.strip(), by=by, at=timezone.now())
    record(Kind.CHANGE, f"{decision}", by=by, on=decision)
    return decision
