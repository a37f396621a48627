"""What becomes of a reminder sent by hand (催办): the units answer it, and its sender repeats or withdraws it."""

from uuid import uuid5

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from departments.choices import BELONGS_TO_A_UNIT
from departments.models import User
from tasks.choices import Grade
from tasks.models import Assignment, Reminder, ReminderAnswer, ReminderItem
from tasks.services.undoing import Outlook, dependents, guard
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.region import office_name, worded
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import acknowledgements, notifications, reminders

BATCH_ROWS = 500
ONLY_ITS_UNITS = "由被催办的单位答复。"
ONLY_ITS_SENDER = worded("催办由发出的一方撤销：{office_short}的由{office_short}撤销，牵头部门的由该部门撤销。")


def answerable(reminder, user):
    """Return the items of a reminder that the unit of `user` may answer in words, also again."""
    if user.role not in BELONGS_TO_A_UNIT or reminder.withdrawn_at:
        return reminder.items.none()
    return reminder.items.filter(assignment__unit=user.unit_id)


@transaction.atomic
def answer(reminder, *, by, items, text, key):
    """Answer a reminder in words for `items` of the own unit, and return the `ReminderAnswer`s.

    They count as seen (阅知). The same form posted twice answers once. Raises `Refused` without text or items, and
    `Conflict` where the reminder was withdrawn.
    """
    reminder = Reminder.objects.select_for_update(of=("self",)).select_related("from_unit").get(pk=reminder.pk)
    require(by, "tasks.answer_reminder", reminder, ONLY_ITS_UNITS)
    if reminder.withdrawn_at:
        raise Conflict("该催办已撤销，不需要再回复。")
    own = answerable(reminder, by).filter(pk__in=[item.pk for item in items])
    if sent := list(ReminderAnswer.objects.filter(item__in=own, key=key)):
        return sent
    own = list(own.select_related("assignment__task", "assignment__unit"))
    if not own:
        raise Refused("请勾选要答复的事项。", field="items")
    if not text:
        raise Refused("请填写答复。", field="text")
    said = {"text": text, "by": by, "unit": by.unit, "at": timezone.now(), "key": key}
    answers = ReminderAnswer.objects.bulk_create(
        [ReminderAnswer(item=item, **said) for item in own], batch_size=BATCH_ROWS
    )
    acknowledgements.see(ReminderItem.objects.filter(pk__in=[item.pk for item in own]), by=by)
    record(Kind.CHANGE, "答复催办", by=by, on=reminder, detail={"duties": len(own)})
    _notify_sender(reminder, f"{by.unit.label}答复了{reminder}：{text}", by)
    return answers


def _notify_sender(reminder, line, by):
    """Notify who sent the reminder, or of a lead's the liaisons of its unit."""
    people = User.objects.filter(pk=reminder.by_id)
    if reminder.from_unit_id:
        people = notifications.people_of([reminder.from_unit_id]).get(reminder.from_unit_id, [])
    path = reverse("tasks:reminder", args=[reminder.pk])
    notifications.notify((person, line, path) for person in people if person.pk != by.pk)


def to_repeat(reminder, user, unit=None):
    """Return the duties of a reminder that `user` may remind of again: unanswered, and not repeated since."""
    items = ReminderItem.objects.visible_to(user).filter(reminder=reminder).latest().unanswered()
    if unit is not None:
        items = items.filter(assignment__unit=unit)
    duties = Assignment.objects.filter(pk__in=items.values("assignment"))
    return reminders.chaseable(duties, user)


def grade_of_repetition(grade, user):
    """Return the grade in which `user` would repeat a reminder of `grade`, `None` where it is above what they send."""
    following, order = reminders.next_grade(Grade(grade), user), list(Grade)
    return following if order.index(following) >= order.index(grade) else None


def repeat(reminder, *, by, unit=None):
    """Remind again of what was not answered, a grade higher and with the text of that grade; return the `Reminder`.

    With `unit` (an id) only of its duties. Clicked twice, it sends one. Raises `Conflict` where nothing is left,
    `Refused` where the grade is above what `by` may send.
    """
    grade = grade_of_repetition(reminder.grade, by)
    if grade is None:
        raise Refused(f"督办由{office_name()}工作人员发出，也由其再次督办。")
    text = reminders.default_text(grade) or reminder.text
    key = _key_of_repetition(reminder, unit)
    if sent := Reminder.objects.filter(key=key, by=by).first():
        return sent
    duties = list(to_repeat(reminder, by, unit).select_related("plan"))
    if not duties:
        raise Conflict("所催事项都已回复、办结或者已再次催办，没有需要再催的。")
    return reminders.send(duties, by=by, grade=grade, text=text, key=key, repeats=reminder)


def _key_of_repetition(reminder, unit):
    """Return the key of the next repetition: the same until it was withdrawn."""
    withdrawn = reminder.repeated_by.filter(withdrawn_at__isnull=False).count()
    return uuid5(reminder.key, f"{unit or ''}:{withdrawn}")


def outlook(reminder):
    """Return the `Outlook` of withdrawing a reminder."""
    if reminder.withdrawn_at:
        return Outlook("该催办已撤销。", mark="withdrawn")
    if built_on := dependents(reminder.plan, reminder.on):
        return Outlook(built_on, mark="counted")
    items = reminder.items.with_state()
    units = items.order_by().values("assignment__unit").distinct().count()
    open_items = items.unanswered().count()
    effects = [f"涉及的{units}个单位会收到撤销的通知。", f"尚未回复的{open_items}件不再要求回复。"]
    if reminder.grade != Grade.BLUE:
        effects.append("不再计入考核的催办、督办次数。")
    if reminder.number:
        effects.append(f"编号{reminder.mark}不再使用，不补号。")
    return Outlook("", tuple(effects), mark=f"{open_items}")


@transaction.atomic
def withdraw(reminder, *, by, reason, seen=""):
    """Withdraw a reminder that was sent by mistake (撤销), with a reason that its units read."""
    reminder = Reminder.objects.select_for_update(of=("self",)).select_related("plan", "from_unit").get(pk=reminder.pk)
    require(by, "tasks.withdraw_reminder", reminder, ONLY_ITS_SENDER)
    guard(outlook(reminder), reason, seen)
    reminder.withdrawn_at, reminder.withdrawn_by, reminder.withdrawn_why = timezone.now(), by, reason
    reminder.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    record(Kind.CHANGE, "撤销催办", by=by, on=reminder)
    _notify_units_of_withdrawal(reminder)
    return reminder


def _notify_units_of_withdrawal(reminder):
    units = set(reminder.items.values_list("assignment__unit", flat=True))
    line = f"{reminder.sender}撤销了{reminder}，不需要再回复。原因：{reminder.withdrawn_why}"
    path = reverse("tasks:reminder", args=[reminder.pk])
    people = notifications.people_of(list(units))
    notifications.notify((person, line, path) for of_unit in people.values() for person in of_unit)
