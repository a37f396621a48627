"""The office sets the rubric and publishes what came of it."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from departments.models import Unit
from reports.assessment import RubricValues, facts, numbers, ranked
from reports.models import Assessment, AssessmentRow, Rubric
from tasks.choices import PlanState
from tasks.models import Plan
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import differences, record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

OFFICE_ONLY = "考核标准和结果由县政府办公室工作人员确定。"


def version_of(plan):
    """Name the rubric as it stands, so that nobody saves over or publishes what they have not seen."""
    rubric = Rubric.objects.filter(plan=plan).first()
    return rubric.changed_at.isoformat() if rubric else ""


@transaction.atomic
def save_rubric(plan, *, by, seen, **criteria):
    """Keep the numbers by which the plan's units are scored from now on; return the `Rubric`.

    `seen` is the `version_of` that they were changed from. Raises `Refused` where they do not add up, `Conflict` where
    a colleague was faster.
    """
    plan = _taken(plan, by)
    _guard_version(plan, seen)
    wanted = RubricValues(**criteria)
    wrong = numbers.problems(wanted)
    if wrong:
        raise Refused("".join(wrong.values()))
    about = {"criteria": wanted.as_data(), "changed_by": by}
    changed = differences(numbers.current(plan).as_data(), about["criteria"])
    record(Kind.CHANGE, "修改考核标准", by=by, on=plan, detail=changed)
    return Rubric.objects.update_or_create(plan=plan, defaults=about)[0]


def publish(plan, *, by, as_of, key, seen):
    """Freeze every unit's points of the evening of `as_of` by the rubric as it stands; return the `Assessment`.

    `key` names the form: sent twice it publishes once. `seen` is the `version_of` the rubric that was shown. Raises
    `Refused` where there is nothing to publish, `Conflict` where the rubric was changed meanwhile.
    """
    try:
        return _publish(plan, by, as_of, key, seen)
    except IntegrityError:  # the same form twice at once, for two plans: never from our pages
        raise Conflict("该结果已经公布。") from None


@transaction.atomic
def _publish(plan, by, as_of, key, seen):
    plan = _taken(plan, by)
    published = Assessment.objects.filter(key=key, plan=plan).first()
    if published:
        return published
    _guard_version(plan, seen)
    _guard_day(plan, as_of)
    current = numbers.current(plan)
    scores = ranked(facts(plan, as_of, Unit.objects.all()), current)
    if not scores:
        raise Refused(f"截至{as_of:%Y-%m-%d}没有承担事项的单位，没有可公布的结果。")
    about = {"as_of": as_of, "criteria": current.as_data(), "key": key}
    assessment = Assessment.objects.create(plan=plan, published_by=by, published_at=timezone.now(), **about)
    AssessmentRow.objects.bulk_create([_row(assessment, score) for score in scores], batch_size=500)
    record(Kind.CHANGE, "公布考核结果", by=by, on=assessment, detail={"units": len(scores), "as_of": f"{as_of}"})
    return assessment


def _taken(plan, by):
    """Take the plan's turn."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    require(by, "reports.assess", plan, OFFICE_ONLY)
    if plan.state != PlanState.ISSUED:
        raise Refused("分解表印发后才能考核。")
    return plan


def _guard_version(plan, seen):
    rubric = Rubric.objects.filter(plan=plan).select_related("changed_by").first()
    if seen != (rubric.changed_at.isoformat() if rubric else ""):
        who = f"{rubric.changed_by}已于{timezone.localtime(rubric.changed_at):%Y-%m-%d %H:%M}" if rubric else "已"
        raise Conflict(f"{who}修改考核标准，本次操作未生效。请核对后再办理。")


def _guard_day(plan, as_of):
    if as_of > timezone.localdate():
        raise Refused("截至日期不能晚于今天。")
    if as_of < plan.issued_on:
        raise Refused(f"截至日期不能早于分解表印发日期（{plan.issued_on:%Y-%m-%d}）。")


def _row(assessment, score):
    parts = [
        {"criterion": name, "points": str(part.points), "out_of": str(part.out_of), "reason": part.reason}
        for name, part in score.parts.items()
    ]
    return AssessmentRow(
        assessment=assessment,
        unit_id=score.unit_id,
        unit_name=score.unit_name,
        group=score.group,
        rank=score.rank,
        total=score.total,
        parts=parts,
    )
