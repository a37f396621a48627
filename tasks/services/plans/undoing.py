"""Taking back the issue of a plan on which nothing was reported (撤回印发, design: Rules of progress)."""

from copy import copy

from django.db import transaction
from django.utils import timezone

from tasks.choices import Event, PlanState, ReportState
from tasks.models import (
    Assignment,
    AutomaticReminder,
    BasisDocument,
    Extension,
    Part,
    Plan,
    ProgressReport,
    ReminderItem,
    Section,
    SupervisionRules,
    Task,
)
from tasks.services.progress import discussion, transitions
from tasks.services.supervision import notifications
from tasks.services.undoing import Outlook, dependents, guard
from tasks.signals import plan_was_copied
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, require

from .issuing import BATCH_ROWS
from .roll_over import copy_cells

DESCRIBED_BY = ("year", "title", "document_number", "issuer", "issued_on", "warning_days", "copied_from")


@transaction.atomic
def undo_issue(plan, *, by, reason, seen=""):
    """Take back the issue of a plan, with a reason that every unit is told, and return the new draft.

    The plan is kept as it was issued, for reading; its duties are released from today on, with everything that happened
    to them, so that past evenings stay. Its table is copied to the letter into a draft. `seen` is the mark of the
    `Outlook` that was shown. Raises `Conflict` where the plan is not issued or something happened since, `Refused`
    where a unit has reported.
    """
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    require(by, "tasks.undo_issue")
    if plan.state != PlanState.ISSUED:
        raise Conflict(f"该分解表{plan.get_state_display()}，本次撤回未生效。")
    duties = list(plan.assignments.select_for_update(of=("self",)).order_by("pk"))  # nobody can report meanwhile
    guard(outlook(plan), reason, seen)
    told = _shares(plan)
    draft = _copied(plan)
    _release(duties, by, reason.strip())
    _end_rounds(plan, by)
    plan.state, plan.is_public = PlanState.WITHDRAWN, False
    plan.withdrawn_at, plan.withdrawn_by, plan.withdrawn_why = timezone.now(), by, reason.strip()
    plan.save(update_fields=["state", "is_public", "withdrawn_at", "withdrawn_by", "withdrawn_why"])
    plan_was_copied.send(None, plan=plan, draft=draft)
    record(Kind.CHANGE, "撤回印发", by=by, on=plan, detail={"duties": len(duties), "draft": draft.pk})
    notifications.notify_of_withdrawn_plan(plan, told)
    return draft


def outlook(plan):
    """Return the `Outlook` of taking back the issue of a plan."""
    if plan.state != PlanState.ISSUED:
        return Outlook(f"该分解表{plan.get_state_display()}，没有可以撤回的印发。", mark=plan.state)
    counts = _counts(plan)
    mark = "-".join(f"{count}" for count in [*counts.values(), int(plan.is_public)])
    return Outlook(_obstacle(plan), tuple(_effects(plan, counts)), mark)


def _obstacle(plan):
    """Return the sentence that says why the issue cannot be taken back, "" where it can."""
    reports = ProgressReport.objects.filter(assignment__plan=plan).exclude(state=ReportState.DRAFT)
    units = reports.order_by().values("assignment__unit").distinct().count()
    if units:
        return f"已有{units}个单位报送进展或送分管领导审签，印发不能再撤回；需要改动的，请逐项调整。"
    built_on = dependents(plan, plan.issued_on)
    return f"{built_on}，印发不能再撤回。" if built_on else ""


def _counts(plan):
    """Return what there is on the plan's duties, by name."""
    duties = Assignment.objects.filter(plan=plan)
    owed = duties.owed()
    return {
        "duties": owed.count(),
        "units": owed.order_by().values("unit").distinct().count(),
        "acknowledged": duties.filter(acknowledged_at__isnull=False).count(),
        "drafts": ProgressReport.objects.filter(assignment__plan=plan, state=ReportState.DRAFT).count(),
        "requests": Extension.objects.waiting().filter(assignment__plan=plan).count(),
        "reminders": ReminderItem.objects.filter(assignment__plan=plan).values("reminder").distinct().count(),
        "automatic": AutomaticReminder.objects.filter(assignment__plan=plan).count(),
        "rounds": plan.rounds.filter(closed_at__isnull=True).count(),
    }


def _effects(plan, counts):
    """Yield the sentences that say what happens, and what is lost."""
    yield "本表转为“已撤回印发”，只供查阅；现有内容（含印发后的调整）原样复制为一份拟制稿，修改后可以重新印发。"
    yield f"{counts['units']}个单位的{counts['duties']}件承办事项自今天起解除；此前日期的亮灯和统计不变。"
    if counts["acknowledged"]:
        yield f"已签收的{counts['acknowledged']}件，重新印发后须重新签收。"
    if counts["drafts"]:
        yield f"已开始填写的{counts['drafts']}份草稿不能再报送；填报单位仍可在原事项的页面查看，重新印发后须重新填写。"
    if counts["requests"]:
        yield f"待决定的{counts['requests']}项延期申请不再办理。"
    if counts["reminders"] or counts["automatic"]:
        sent = [(counts["reminders"], "次催办"), (counts["automatic"], "条自动提醒")]
        yield f"已发出的{'、'.join(f'{n}{what}' for n, what in sent if n)}保留在记录中，不再需要回应。"
    if counts["rounds"]:
        yield f"尚未结束的{counts['rounds']}个报送批次随之结束。"
    if plan.is_public:
        yield "公开页面随之关闭。"
    yield "各承办单位的联络员和分管领导将收到通知并看到原因。"


def _shares(plan):
    """Return `{unit id: number of duties}` of what the units owe."""
    shares = {}
    for unit in Assignment.objects.filter(plan=plan).bound().order_by().values_list("unit", flat=True):
        shares[unit] = shares.get(unit, 0) + 1
    return shares


def _release(duties, by, reason):
    """Release the duties from today on, and record it on their timelines."""
    today = timezone.localdate()
    ending = [duty for duty in duties if duty.released_on is None or duty.released_on > today]
    for duty in ending:
        duty.released_on = today
    Assignment.objects.bulk_update(ending, ["released_on"], batch_size=BATCH_ROWS)
    transitions.record(ending, Event.UNISSUED, by=by, reason=reason, act=transitions.AUDITED_BY_CALLER)


def _end_rounds(plan, by):
    plan.rounds.filter(closed_at__isnull=True).update(closed_at=timezone.now(), closed_by=by)


# --- the copy ---------------------------------------------------------------------------------------------------------


def _copied(plan):
    """Copy the plan's table and rules to the letter into a new draft, and return it."""
    draft = Plan.objects.create(replaces=plan, **{name: getattr(plan, name) for name in DESCRIBED_BY})
    parts = copies(Part, plan.parts.order_by("order"), plan=lambda _: draft)
    sections = Section.objects.filter(part__plan=plan).order_by("part__order", "order")
    sections = copies(Section, sections, part=lambda section: parts[section.part_id])
    tasks = plan.tasks.standing().order_by("number")
    tasks = copies(
        Task, tasks, plan=lambda _: draft, section=lambda task: sections[task.section_id], added_by=lambda _: None
    )
    copy_cells(tasks)
    discussion.carry(tasks)
    copies(BasisDocument, plan.basis.all(), plan=lambda _: draft)
    copies(SupervisionRules, SupervisionRules.objects.filter(plan=plan), plan=lambda _: draft)
    return draft


def copies(model, records, **changed):
    """Save copies of the records, and return `{old id: copy}`; `changed` gives the fields that differ."""
    found = {}
    for one in records:
        new = copy(one)
        new._state = copy(one._state)
        new.pk, new._state.adding = None, True
        for name, value in changed.items():
            setattr(new, name, value(one))
        found[one.pk] = new
    model.objects.bulk_create(found.values(), batch_size=BATCH_ROWS)
    return found
