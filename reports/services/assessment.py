"""Services that save the rubric and publish the assessment."""

from collections import defaultdict

from django.db import IntegrityError, transaction
from django.utils import timezone

from departments.models import Unit
from reports.assessment import RubricValues, facts, numbers, ranked
from reports.models import Assessment, AssessmentRow, Rubric
from tasks.choices import PlanState
from tasks.models import Plan
from wenshang_disclosure.audit import contents
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import differences, record
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

ASSESSMENT = ("plan_id", "as_of", "criteria", "published_by_id", "published_at")
ROW = ("unit_id", "unit_name", "group", "rank", "total", "parts")
OFFICE_ONLY = worded("考核标准和结果由{office_short}工作人员确定。")


def version_of(plan):
    """Return the version of the current rubric, for detecting concurrent changes."""
    rubric = Rubric.objects.filter(plan=plan).first()
    return rubric.changed_at.isoformat() if rubric else ""


@transaction.atomic
def save_rubric(plan, *, by, seen, **criteria):
    """Save the rubric of a plan, in force from now on; return the `Rubric`.

    `seen` is the `version_of` the rubric that was edited. Raises `Refused` if the values are invalid, `Conflict` if
    the rubric has changed since.
    """
    plan = _lock_plan(plan, by)
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
    """Publish the points of all units at the end of `as_of` by the current rubric; return the `Assessment`.

    `key` identifies the form, which publishes once even if sent twice. `seen` is the `version_of` the rubric shown.
    Raises `Refused` if there is nothing to publish, `Conflict` if the rubric has changed since.
    """
    try:
        return _publish(plan, by, as_of, key, seen)
    except IntegrityError:  # the same key for two plans at once, which our pages never send
        raise Conflict("该结果已经公布。") from None


@transaction.atomic
def _publish(plan, by, as_of, key, seen):
    plan = _lock_plan(plan, by)
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
    detail = {"units": len(scores), "as_of": f"{as_of}", **contents.detail_of("assessment", assessment.pk)}
    record(Kind.CHANGE, "公布考核结果", by=by, on=assessment, detail=detail)
    return assessment


def digests(ids):
    """Return `{id: digest}` of published assessments with their rows, which the audit entry of publishing keeps."""
    published = Assessment.objects.filter(pk__in=ids).order_by()
    rows = defaultdict(list)
    for pk, *values in AssessmentRow.objects.filter(assessment__in=ids).order_by("pk").values_list("assessment", *ROW):
        rows[pk].append(values)
    return {pk: contents.digest([*values, rows[pk]]) for pk, *values in published.values_list("pk", *ASSESSMENT)}


def published_on(sender, *, plan, on, **kwargs):
    """Return the sentence on the valid assessment that counts a step of that day; receiver, see `tasks.signals`."""
    latest = Assessment.objects.latest_of(plan)
    return f"已公布的考核结果（截至{latest.as_of:%Y-%m-%d}）计入了这一步" if latest and latest.as_of >= on else ""


def copy_rubric(sender, *, plan, draft, **kwargs):
    """Copy the rubric of a plan to its copy; receiver of `plan_was_copied`."""
    rubric = Rubric.objects.filter(plan=plan).first()
    if rubric:
        Rubric.objects.create(plan=draft, criteria=rubric.criteria, changed_by=rubric.changed_by)


def _lock_plan(plan, by):
    """Return the plan, locked. Raises `PermissionDenied`, and `Refused` for a draft."""
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
