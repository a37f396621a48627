"""Taking back a supplement while nothing was reported on what it added (design: Rules of progress)."""

from collections import Counter

from django.db import transaction
from django.utils import timezone

from tasks.choices import Event, PlanState, ReportState
from tasks.models import Amendment, Assignment, Plan, ProgressReport, Supplement, SupplementChange, Task
from tasks.services.progress import transitions
from tasks.services.supervision import notifications
from tasks.services.undoing import Outlook, dependents, guard
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, require

from . import amendments
from .drafting import seen_task
from .issuing import BATCH_ROWS
from .roll_over import copy_cells
from .supplement_changes import keywords_of
from .supplement_issuing import release
from .supplements import new_table
from .undoing import copies

REPORTED = "已有{}个单位就新增任务报送进展或送分管领导审签，补充通知不能再撤回；需要改动的，请另行补充或者逐项调整。"
UNDONE_ADDING, UNDONE_REMOVING = "撤回新增任务", "撤回取消任务"


@transaction.atomic
def undo(supplement, *, by, reason, seen=""):
    """Take back an issued supplement, with a reason that the units concerned are told, and return the new draft.

    Rows that were added leave the table, with what happened on them; rows that were taken out come back with their
    duties, and changed ones get back what they had. `seen` is the mark of the `Outlook` that was shown. Raises
    `Conflict` where it is not issued or something happened since, `Refused` where something was built on it.
    """
    plan = Plan.objects.select_for_update().get(pk=supplement.plan_id)
    require(by, "tasks.undo_issue")
    supplement = Supplement.objects.select_for_update(of=("self",)).select_related("plan").get(pk=supplement.pk)
    if supplement.state != PlanState.ISSUED:
        raise Conflict(f"这份补充通知{supplement.get_state_display()}，本次撤回未生效。")
    guard(outlook(supplement), reason, seen)
    reason = reason.strip()
    supplement.state, supplement.withdrawn_by = PlanState.WITHDRAWN, by
    supplement.withdrawn_on, supplement.withdrawn_why = timezone.localdate(), reason
    supplement.save(update_fields=["state", "withdrawn_by", "withdrawn_on", "withdrawn_why"])
    counts = _take_back(plan, supplement, by, reason)
    draft = _draft_again(plan, supplement, by)
    record(Kind.CHANGE, "撤回补充通知", by=by, on=supplement, detail={"plan": plan.pk, "draft": draft.pk})
    notifications.notify_of_supplement(supplement, counts)
    return draft


def outlook(supplement):
    """Return the `Outlook` of taking back a supplement."""
    if supplement.state != PlanState.ISSUED:
        return Outlook(f"这份补充通知{supplement.get_state_display()}，没有可以撤回的。", mark=supplement.state)
    added = Assignment.objects.filter(task__added_by=supplement).bound()
    counts = {
        "duties": added.count(),
        "units": added.order_by().values("unit").distinct().count(),
        "drafts": ProgressReport.objects.filter(assignment__in=added, state=ReportState.DRAFT).count(),
        "acknowledged": added.filter(acknowledged_at__isnull=False).count(),
    }
    mark = "-".join(map(str, counts.values()))
    return Outlook(_obstacle(supplement), tuple(_effects(supplement, counts)), mark)


def _obstacle(supplement):
    """Return the sentence that says why it cannot be taken back, "" where it can."""
    reports = ProgressReport.objects.filter(assignment__task__added_by=supplement).exclude(state=ReportState.DRAFT)
    units = reports.order_by().values("assignment__unit").distinct().count()
    if units:
        return REPORTED.format(units)
    later = _amended_later(supplement)
    if later:
        return f"第{'、'.join(map(str, later))}项任务在补充之后又有调整，补充通知不能再撤回。"
    built_on = dependents(supplement.plan, supplement.effective_on)
    return f"{built_on}，补充通知不能再撤回。" if built_on else ""


def _amended_later(supplement):
    """Return the numbers of its rows that were amended after it was issued."""
    own = supplement.amendments.order_by("-pk").values_list("pk", "task")
    tasks, last = {task for _, task in own}, max((pk for pk, _ in own), default=0)
    later = Amendment.objects.filter(task__in=tasks, pk__gt=last).order_by("task__number")
    return list(dict.fromkeys(later.values_list("task__number", flat=True)))


def _effects(supplement, counts):
    """Yield the sentences that say what happens, and what is lost."""
    added, changes = supplement.added.count(), supplement.changes
    removed, changed = changes.filter(removes=True).count(), changes.filter(removes=False).count()
    yield "本通知转为“已撤回印发”，只供查阅；内容原样复制为一份拟制稿，修改后可以重新印发。"
    if added:
        yield f"新增的{added}项任务自今天起从表中去掉，{counts['units']}个单位的{counts['duties']}件承办事项解除。"
    if removed:
        yield f"取消的{removed}项任务自今天起恢复，原承办单位继续办理。"
    if changed:
        yield f"调整的{changed}项任务恢复调整以前的内容、单位和时限；单独延期的，延期仍然有效。"
    if counts["drafts"]:
        yield f"已开始填写的{counts['drafts']}份草稿不能再报送；填报单位仍可在原事项的页面查看。"
    if counts["acknowledged"]:
        yield f"已签收的{counts['acknowledged']}件，重新印发后须重新签收。"
    yield "此前日期的亮灯和统计不变。所涉及各单位的联络员和分管领导将收到通知并看到原因。"


# --- taking back ------------------------------------------------------------------------------------------------------


def _take_back(plan, supplement, by, reason):
    """Take rows out, put rows back, and change rows back; return `{unit: Counter}` of what it is for the units."""
    on, counts = timezone.localdate(), {}
    changes = [_back(change, supplement, reason) for change in supplement.changes.filter(removes=False)]
    gone = _take_out_again(supplement, by, on, reason)
    back = _put_back(supplement, by, on, reason)
    amendments.amend_rows(plan, changes, by=by, on=on)
    for what, duties in (("gone", gone), ("back", back), ("changed", [d for each in changes for d in each.touched])):
        for duty in duties:
            counts.setdefault(duty.unit_id, Counter())[what] += 1
    return counts


def _back(change, supplement, reason):
    """Return the `RowChange` that gives a row what it had."""
    written = keywords_of(change.before)
    lead, responsible = written.pop("lead"), written.pop("responsible")
    back = amendments.RowChange(change.task, written, lead, responsible, f"撤回补充通知{supplement}：{reason}")
    back.read(seen_task(Task.objects.with_designations().get(pk=change.task_id)))
    return back


def _take_out_again(supplement, by, on, reason):
    rows = list(supplement.added.order_by("number"))
    for task in rows:
        task.removed_by = supplement
        task.save(update_fields=["removed_by"])
        Amendment.objects.create(task=task, changes=[[UNDONE_ADDING, "", ""]], reason=reason, by=by, on=on)
    duties = Assignment.objects.select_for_update(of=("self",)).filter(task__in=rows).bound(on).order_by("pk")
    return release(list(duties), by, on, f"撤回补充通知{supplement}，本项任务取消。原因：{reason}")


def _put_back(supplement, by, on, reason):
    for task in supplement.removed.exclude(added_by=supplement).order_by("number"):
        task.removed_by = None
        task.save(update_fields=["removed_by"])
        Amendment.objects.create(task=task, changes=[[UNDONE_REMOVING, "", ""]], reason=reason, by=by, on=on)
    duties = Assignment.objects.select_for_update(of=("self",)).filter(pk__in=supplement.released)
    duties = list(duties.filter(released_on=supplement.effective_on).order_by("pk"))
    for duty in duties:
        duty.released_on = None
    Assignment.objects.bulk_update(duties, ["released_on"], batch_size=BATCH_ROWS)
    why = f"撤回补充通知{supplement}，继续承担本项任务。原因：{reason}"
    transitions.record(duties, Event.REINSTATED, by=by, reason=why, act=transitions.AUDITED_BY_CALLER)
    return duties


# --- the copy ---------------------------------------------------------------------------------------------------------


def _draft_again(plan, supplement, by):
    """Copy a supplement that was taken back to the letter into a new draft, and return it."""
    about = {name: getattr(supplement, name) for name in ("title", "document_number", "dated_on", "file", "file_name")}
    draft = Supplement.objects.create(
        plan=plan, table=new_table(plan), begun_by=by, begun_at=timezone.now(), replaces=supplement, **about
    )
    _copy_added(supplement, draft.table)
    for change in supplement.changes.select_related("task"):
        task = Task.objects.with_designations().get(pk=change.task_id)
        about = {"removes": change.removes, "written": change.written, "reason": change.reason}
        SupplementChange.objects.create(supplement=draft, task=task, seen=seen_task(task), **about)
    return draft


def _copy_added(supplement, table):
    sections = {
        (part.kind, part.heading, section.heading): section
        for part in table.parts.prefetch_related("sections")
        for section in part.sections.all()
    }
    rows = list(supplement.added.select_related("section__part").as_printed())
    numbers = {task.pk: number for number, task in enumerate(rows, start=1)}
    place = {task.pk: (task.section.part.kind, task.section.part.heading, task.section.heading) for task in rows}
    copy_cells(
        copies(
            Task,
            rows,
            plan=lambda _: table,
            section=lambda task: sections[place[task.pk]],
            number=lambda task: numbers[task.pk],
            added_by=lambda _: None,
            removed_by=lambda _: None,
        )
    )
