"""Notifications of users (通知): one line each, with the path of the page that shows it."""

from collections import Counter
from types import MappingProxyType

from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from departments.choices import BELONGS_TO_A_UNIT, Role
from departments.models import User
from tasks.choices import DutyRole
from tasks.models import Assignment, Evidence, Notification
from wenshang_disclosure.core.region import office_name

from . import mail
from .readable import still_readable

BATCH_ROWS = 500
MAX_LINE_CHARS = 300


def notify(lines, *, carried_by=MappingProxyType({}), personal=False):
    """Save notifications from `lines` of `(user, text, path)`; inactive users are skipped.

    They are for the unit of their user, and are not shown any more once the user has left it; `personal` ones are about
    the user's own account and stay. Users who chose so get each one by e-mail as well, except those in `carried_by`
    (`{user id: mail}`, as returned by `mail.write_digests`), whose mail has the same content.
    """
    notifications = [
        Notification(user=user, unit_id=None if personal else user.acting_unit_id, text=_shortened(text), path=path)
        for user, text, path in lines
        if user.is_active
    ]
    for notification in notifications:
        notification.mail = carried_by.get(notification.user_id)
    mail.write_at_once([notification for notification in notifications if notification.mail is None])
    Notification.objects.bulk_create(notifications, batch_size=BATCH_ROWS)


def _shortened(text):
    return text if len(text) <= MAX_LINE_CHARS else text[: MAX_LINE_CHARS - 1] + "…"


def people_of(units):
    """Return `{unit id: [people]}` of the active liaisons and leaders of the units, each in that post."""
    found = {}
    for person in User.objects.holders(unit__in=units, role__in=BELONGS_TO_A_UNIT):
        of_unit = found.setdefault(person.unit_id, [])
        if person not in of_unit:  # liaison and leader of one unit
            of_unit.append(person)
    return found


def people_who_review():
    """Return the active people of the office and the reviewers."""
    return User.objects.filter(role__in=[Role.OFFICE, Role.REVIEWER], is_active=True)


def notify_of_issue(plan):
    """Notify each unit of an issued plan of its number of duties; uses a fixed number of queries."""
    led = Count("pk", filter=Q(role=DutyRole.LEAD))
    counts = plan.assignments.order_by().values_list("unit").annotate(owed=Count("pk"), led=led)
    people = people_of([unit for unit, *_ in counts])
    number = f"（{plan.document_number}）" if plan.document_number else ""
    path = f"{reverse('tasks:assignments')}?plan={plan.pk}"
    notify(
        (person, f"《{plan.title}》{number}已印发，本单位承担{owed}件承办事项，其中牵头{led}件。", path)
        for unit, owed, led in counts
        for person in people.get(unit, ())
    )


def notify_of_withdrawn_plan(plan, shares):
    """Notify each unit that its duties of a plan are no longer owed; `shares` is `{unit id: number of duties}`."""
    people = people_of(list(shares))
    path = f"{reverse('tasks:assignments')}?plan={plan.pk}"
    start = f"《{plan.title}》已撤回印发，本单位承担的"
    end = f"件承办事项不再办理，重新印发后另行通知。原因：{plan.withdrawn_why}"
    notify((person, f"{start}{count}{end}", path) for unit, count in shares.items() for person in people.get(unit, ()))


def notify_of_supplement(supplement, counts):
    """Notify each unit concerned of a supplement that was issued or taken back, with its own numbers.

    `counts` is `{unit id: Counter}` of its duties by what became of them, `SUPPLEMENTED`.
    """
    path = reverse("tasks:supplement", args=[supplement.pk])
    withdrawn = f"已撤回（原因：{supplement.withdrawn_why[:100]}）" if supplement.withdrawn_on else "已印发"
    start = f"《{supplement.plan.title}》补充通知{supplement.reference}{withdrawn}，本单位承办事项"
    lines = {unit: "，".join(_supplemented(count)) for unit, count in counts.items()}
    people = people_of(list(lines))
    notify((person, f"{start}{said}。", path) for unit, said in lines.items() for person in people.get(unit, ()))


SUPPLEMENTED = {"new": "新增{}件，请签收", "back": "恢复{}件", "changed": "调整{}件", "gone": "取消{}件"}
"""What becomes of duties by a supplement, as it is said to their units."""


def _supplemented(count):
    return [words.format(count[what]) for what, words in SUPPLEMENTED.items() if count[what]]


def notify_of_added(plan, duties):
    """Notify the people of each unit of the number of duties added after the plan was issued."""
    _notify_of_number(
        plan, duties, "tasks:acknowledgements", lambda count: f"《{plan.title}》新增本单位承办事项{count}件，请签收。"
    )


def notify_of_hand_over(done):
    """Notify both units of a `HandOver` (mergers); return `[sentence]` that says it to whoever did it, or `[]`."""
    if done.is_empty:
        return []
    path = f"{reverse('tasks:assignments')}?plan={done.plan.pk}"
    lines = {unit.pk: done.in_words(unit) for unit in (done.unit, done.successor) if unit}
    notify((person, lines[unit], path) for unit, people in people_of(list(lines)).items() for person in people)
    return [done.in_words()]


def _notify_of_number(plan, duties, page, text):
    """Notify the people of each unit of the number of its duties; `text(number)` returns the line."""
    counts = Counter(duty.unit_id for duty in duties)
    path = f"{reverse(page)}?plan={plan.pk}"
    notify((person, text(counts[unit]), path) for unit, people in people_of(list(counts)).items() for person in people)


def notify_of_duties(duties, text):
    """Notify the people of each duty's unit; `text(duty)` returns the line, which links to the duty."""
    duties = list(duties)
    people = people_of({duty.unit_id for duty in duties})
    notify(
        (person, text(duty), reverse("tasks:assignment", args=[duty.pk]))
        for duty in duties
        for person in people.get(duty.unit_id, ())
    )


@transaction.atomic
def notify_of_missing_files(sender, *, paths, **kwargs):
    """Notify the office that files of evidence are missing or changed; receiver of `files_missing`.

    People with an unread notification of the same text are skipped; files that belong to no duty cause none.
    """
    duties = _duties_with_files(paths)
    if not duties:
        return
    number = len(duties)
    text = f"有{number}件承办事项的佐证材料文件在服务器上缺失或损坏，请系统管理员从备份中恢复。"
    path = reverse("tasks:assignment", args=[min(duties)])
    office = User.objects.filter(role=Role.OFFICE, is_active=True)
    known = Notification.objects.unread().filter(text=text, path=path).values("user")
    notify((person, text, path) for person in office.exclude(pk__in=known))


def _duties_with_files(paths):
    """Return the ids of the duties that files at `paths` belong to, as evidence or with an extension."""
    duties = set()
    for start in range(0, len(paths), BATCH_ROWS):
        some = paths[start : start + BATCH_ROWS]
        evidence = Evidence.objects.filter(stored__path__in=some)
        duties.update(evidence.values_list("report__assignment", flat=True))
        with_extensions = Assignment.objects.filter(extensions__files__stored__path__in=some)
        duties.update(with_extensions.values_list("pk", flat=True))
    return duties


def mark_readable(notifications, user):
    """Set `is_readable` of notifications of `user`: whether the user may still read what each is about."""
    notifications = list(notifications)
    readable = still_readable(((one.path, one.unit_id) for one in notifications), user)
    for one in notifications:
        one.is_readable = (one.path, one.unit_id) in readable


def reader_of(notification, user):
    """Return the user in the post in which they may open the page of a notification, the present one first; `None`
    where they may not any more.
    """
    posts = [user, *user.in_each_post()]
    told = [(notification.path, notification.unit_id)]
    return next((post for post in posts if still_readable(told, post, each=False)), None)


@transaction.atomic
def mark_read(notification):
    """Mark a notification as read; the first time is kept."""
    Notification.objects.filter(pk=notification.pk, read_at__isnull=True).update(read_at=timezone.now())


def mark_all_read(user):
    """Mark all notifications of the user as read; return how many were unread."""
    return Notification.objects.visible_to(user).unread().update(read_at=timezone.now())


def notify_of_reset(person, by, **kwargs):
    """Notify a user that an administrator reset their second factor; receiver of `second_factor_was_reset`."""
    text = f"{by}已重置您的动态口令，登录时不再使用。如非本人要求，请立即修改密码并告知{office_name()}。"
    notify([(person, text, reverse("departments:second-factor"))], personal=True)


def notify_of_moves(sender, *, lines, personal, **kwargs):
    """Notify those concerned of a move on a day to come; receiver of `moves_told`."""
    notify(lines, personal=personal)


def notify_of_job(sender, *, job, **kwargs):
    """Notify whoever asked for background work of its end; receiver of `job_ended`."""
    text = f"“{job.title}”没有生成：{job.message}" if job.is_failed else f"“{job.file_name}”已经生成，{_until(job)}。"
    notify([(job.by, text, job.path)], personal=True)


def _until(job):
    until = timezone.localtime(job.keep_until)
    return f"请在{until.month}月{until.day}日前下载"


def notify_of_rights(sender, *, text, **kwargs):
    """Notify all administrators of a change of rights; receiver of `rights_changed`."""
    path = reverse("departments:confirmations")
    administrators = User.objects.filter(role=Role.OFFICE, is_staff=True, is_active=True)
    notify([(person, text, path) for person in administrators], personal=True)
