"""Questions on rows and their answers (答疑), and pinning an answer for all holders (口径, design: Words)."""

import uuid

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from departments.choices import Role
from departments.models import Unit, User
from tasks.choices import PlanState
from tasks.models import Answer, Assignment, Guidance, Question, Task, remark_to_ask_about
from tasks.services.supervision import notifications
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.region import office_name, worded
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

ONLY_HOLDERS = worded("答疑由承办本任务的单位、牵头部门和{office_short}提问和答复。")
ONLY_THE_OFFICE = worded("口径由{office_short}列入和取消。")
SENT_BY_ANOTHER = "这份表单已由他人提交，请刷新页面后重新填写。"
MAX_QUOTED_CHARS = 120
BATCH_ROWS = 500


def units_to_ask(task, user):
    """Return the units that `user` may ask by name: a holder the leads, the office and a lead all holders."""
    held = Assignment.objects.filter(task=task, plan__state=PlanState.ISSUED).bound()
    if not user.reads_everything and not Assignment.objects.led_by(user, task.pk).exists():
        held = held.filter(coordinates=True)
    return Unit.objects.filter(pk__in=held.order_by().values("unit")).exclude(pk=user.acting_unit_id)


@transaction.atomic
def ask(task, *, by, text, key, asked_unit=None, about=""):
    """Ask a question on a row and return the `Question`; the same form posted twice asks once.

    `asked_unit` is the unit that is asked, by default the office, or every holder where the office asks. `about` names
    the return or the remark of a lead (`remark_to_ask_about`) that the question is about; a remark is asked of its
    lead. Raises `Refused` without text, and for a unit that cannot be asked.
    """
    require(by, "tasks.discuss", task, ONLY_HOLDERS)
    task = _lock_row(task.pk)
    key = _key_of(key, task.pk, asked_unit and asked_unit.pk, about, text)
    if sent := _sent_before(Question, key, by):
        return sent
    if not text:
        raise Refused("请填写问题。")
    remark = remark_to_ask_about(task, by, about)
    if remark is None:
        raise Refused("没有这条退回或者意见，请刷新页面后重新提问。")
    if "opinion" in remark:
        asked_unit = remark["opinion"].unit
    elif asked_unit is not None and not units_to_ask(task, by).filter(pk=asked_unit.pk).exists():
        raise Refused("该单位不承办本任务，或者不能由您直接提问，请重新选择。")
    question = Question.objects.create(
        task=task, asked_unit=asked_unit, text=text, key=key, at=timezone.now(), **remark, **_acting(by, task)
    )
    record(Kind.CHANGE, "提问", by=by, on=task, detail={"question": question.pk})
    line = f"就{_row(task)}提问：{_quoted(text)}"
    _notify(_asked(question) | _leads(question), f"{question.asker}{line}", question, by)
    return question


@transaction.atomic
def answer(question, *, by, text, key):
    """Answer a question, or add to the own one, and return the `Answer`; the same form posted twice answers once."""
    question = Question.objects.select_related("task__plan", "unit", "asked_unit").get(pk=question.pk)
    task = _lock_row(question.task_id)
    require(by, "tasks.discuss", task, ONLY_HOLDERS)
    if not Question.objects.visible_to(by).filter(pk=question.pk).exists():
        raise Refused("该问题不由您答复。")
    key = _key_of(key, question.pk, text)
    if sent := _sent_before(Answer, key, by):
        return sent
    if not text:
        raise Refused("请填写答复。")
    acting = _acting(by, task)
    is_askers = _same_side(acting["unit"], question.unit)
    given = Answer.objects.create(
        question=question, text=text, key=key, at=timezone.now(), is_askers=is_askers, **acting
    )
    record(Kind.CHANGE, "补充提问" if is_askers else "答复提问", by=by, on=task, detail={"question": question.pk})
    who = given.unit.label if given.unit else office_name()
    what = f"补充了就{_row(task)}的提问" if is_askers else f"答复了就{_row(task)}的提问"
    to = _asked(question) if is_askers else _askers(question)
    _notify(to, f"{who}{what}：{_quoted(text)}", question, by)
    return given


@transaction.atomic
def pin(given, *, by):
    """Pin an answer as 口径, which all holders of the row read, and return the `Guidance`; they are told."""
    require(by, "tasks.pin_answer", sentence=ONLY_THE_OFFICE)
    task = _lock_row(given.question.task_id)
    if task.plan.state != PlanState.ISSUED:
        raise Refused(f"该分解表{task.plan.get_state_display()}，不能列入口径。")
    if Guidance.objects.standing().filter(task=task, answer=given).exists():
        raise Conflict("该答复已列为口径。")
    pinned = Guidance.objects.create(task=task, answer=given, pinned_by=by, pinned_at=timezone.now())
    record(Kind.CHANGE, "列为口径", by=by, on=task, detail={"answer": given.pk})
    _tell_holders(task, f"{_row(task)}有新的口径，请在事项页面查看。")
    return pinned


@transaction.atomic
def take_back(guidance, *, by, reason):
    """Take 口径 back, with a reason that its holders are told; what was pinned before stays recorded. Return it."""
    require(by, "tasks.pin_answer", sentence=ONLY_THE_OFFICE)
    task = _lock_row(guidance.task_id)
    guidance = Guidance.objects.select_for_update(of=("self",)).get(pk=guidance.pk)
    if guidance.taken_back_at:
        raise Conflict("该口径已取消。")
    if not reason:
        raise Refused("请填写取消口径的原因。")
    guidance.taken_back_by, guidance.taken_back_at, guidance.taken_back_why = by, timezone.now(), reason
    guidance.save(update_fields=["taken_back_by", "taken_back_at", "taken_back_why"])
    record(Kind.CHANGE, "取消口径", by=by, on=task, detail={"answer": guidance.answer_id})
    if task.plan.state == PlanState.ISSUED:
        _tell_holders(task, f"{_row(task)}的一条口径已取消。原因：{reason}")
    return guidance


def carry(rows):
    """Carry what is pinned on rows to their copies, `{old row's id: new row}`, under the caller's transaction."""
    standing = Guidance.objects.standing().filter(task__in=rows).order_by("task", "pk")
    now = timezone.now()
    Guidance.objects.bulk_create(
        [
            Guidance(task=rows[one.task_id], answer_id=one.answer_id, pinned_by_id=one.pinned_by_id, pinned_at=now)
            for one in standing
        ],
        batch_size=BATCH_ROWS,
    )


def _lock_row(pk):
    """Lock a row, which serialises what is pinned on it, and return it with its plan."""
    return Task.objects.select_related("plan").select_for_update(of=("self",), no_key=True).get(pk=pk)


def _key_of(key, *said):
    """Return the key of what a form says: sent again after Back with another text, it is not the same."""
    return uuid.uuid5(key, " ".join(map(str, said)))


def _sent_before(model, key, by):
    """Return what the same form has left already, `None` where it is new. Raises `Refused` where it was another's."""
    sent = model.objects.filter(key=key).first()
    if sent and sent.by_id != by.pk:
        raise Refused(SENT_BY_ANOTHER)
    return sent


def _acting(by, task):
    """Return for whom `by` speaks: the own unit, as lead where it coordinates the row, or the office."""
    unit = Unit.objects.get(pk=by.acting_unit_id) if by.acting_unit_id else None
    is_lead = unit is not None and Assignment.objects.coordinating(task).filter(unit=unit).exists()
    return {"by": by, "unit": unit, "as_lead": is_lead}


def _same_side(unit, asker):
    """Return whether `unit` speaks for the side that asked: the same unit, or the one that it was merged into."""
    if unit is None or asker is None:
        return unit is asker
    return unit == asker.last_successor()


def _row(task):
    return f"《{task.plan.title}》第{task.number}项任务"


def _quoted(text):
    text = " ".join(text.split())
    return text if len(text) <= MAX_QUOTED_CHARS else f"{text[:MAX_QUOTED_CHARS]}……"


# --- who is told ------------------------------------------------------------------------------------------------------


def _asked(question):
    """Return the people who are asked; the office is told of every question of a unit."""
    office = _office() if question.unit_id else set()
    if question.asked_unit_id:
        return office | _people_of([question.asked_unit.last_successor().pk])
    return office or _people_of(_holders(question.task))


def _leads(question):
    """Return the liaisons of the units that lead the row; a question about the office's return is not for them."""
    if question.step_id or question.unit_id is None:
        return set()
    leads = Assignment.objects.coordinating(question.task).exclude(unit=question.unit_id)
    people = _people_of(list(leads.values_list("unit", flat=True)))
    return {person for person in people if person.role == Role.LIAISON}


def _askers(question):
    return _people_of([question.unit.last_successor().pk]) if question.unit_id else _office()


def _office():
    return set(User.objects.filter(role=Role.OFFICE, is_active=True))


def _holders(task):
    return list(Assignment.objects.filter(task=task).bound().order_by().values_list("unit", flat=True))


def _people_of(units):
    return {person for people in notifications.people_of(units).values() for person in people}


def _notify(people, line, question, by):
    path = reverse("tasks:question", args=[question.pk])
    people = sorted(people - {by}, key=lambda person: person.pk)
    notifications.notify((person, line, path) for person in people)


def _tell_holders(task, line):
    duties = Assignment.objects.filter(task=task).bound().order_by("pk")
    notifications.notify_of_duties(duties, lambda duty: line)
