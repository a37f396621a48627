"""Monday mails of saved views (视图): who gets them, when they are written, and what they say when they are sent.

A mail is written from the view at the moment when it is sent: figures and rows that the owner of the view may see then.
"""

from datetime import datetime, timedelta
from fnmatch import fnmatch

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone

from departments.choices import MailChoice
from departments.models import User
from tasks.models import OutgoingMail, SavedView, ViewRecipient
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.region import current, office_name
from wenshang_disclosure.core.web.errors import Refused, ShowInstead, may, require
from wenshang_disclosure.core.web.lists import LISTS

MAX_ROWS = 100  # in one mail
MAX_CELL_CHARS = 300
MAX_RECIPIENTS = 20  # of one view

OWNER_GONE = "设置人的账号已停用或者岗位已变动。"
NOT_READABLE = "设置人已不能查看这个清单。"
DELETED = "视图已停发或者删除。"


def monday_of(day):
    """Return the Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


# --- setting up -------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_recipients(view, *, by, people, addresses):
    """Mail a view on Mondays, from the next one on, to `people` and to `addresses`, pairs of name and address.

    Without either it is not mailed any more.
    """
    view = SavedView.objects.select_for_update(of=("self",)).select_related("owner").get(pk=view.pk)
    require(by, "tasks.mail_view", view, "只有保存人可以设置这个视图的邮件。")
    if len(people) + len(addresses) > MAX_RECIPIENTS:
        raise Refused(f"一个视图最多发给{MAX_RECIPIENTS}人。")
    _require_allowed(by, people, addresses)
    view.recipients.all().delete()
    ViewRecipient.objects.bulk_create(
        [ViewRecipient(view=view, person=person) for person in people]
        + [ViewRecipient(view=view, name=name, address=address) for name, address in addresses]
    )
    is_on = bool(people or addresses)
    view.mailed_on = (view.mailed_on or monday_of(timezone.localdate())) if is_on else None
    view.mail_stopped = ""
    view.save(update_fields=["mailed_on", "mail_stopped"])
    detail = {"people": [person.username for person in people], "outside": len(addresses)}
    record(Kind.CHANGE, "设置视图邮件" if is_on else "停发视图邮件", by=by, on=view, detail=detail)


def _require_allowed(by, people, addresses):
    offered = set(people_offered(by).values_list("pk", flat=True))
    if any(person.pk not in offered for person in people):
        raise Refused("收件人中有您不能发送的人员，请重新选择。", field="people")
    if addresses and not may(by, "tasks.mail_view_outside"):
        raise Refused(f"只有{office_name()}可以发给系统以外的邮箱。", field="addresses")
    for _, address in addresses:
        if not is_allowed(address):
            raise Refused(f"{address}不在系统管理员允许的邮箱范围内。", field="addresses")


def is_allowed(address):
    """Return whether the administrator lets mails go to an address outside (`VIEW_MAIL_ADDRESSES`)."""
    return any(fnmatch(address.lower(), pattern) for pattern in settings.VIEW_MAIL_ADDRESSES)


def people_offered(user):
    """Return the people to whom `user` may mail a view: all with an address, or those of the own unit."""
    people = User.objects.filter(is_active=True).exclude(email="").select_related("unit")
    if user.reads_everything:
        return people
    return people.filter(unit=user.acting_unit_id) if user.acting_unit_id else people.none()


# --- writing on Mondays -----------------------------------------------------------------------------------------------


@transaction.atomic
def write(on=None):
    """Create the mails of this week's Monday that are not written yet, and return their number.

    A run after the Monday makes up for it. A view whose owner may not mail it any more is stopped, with the reason.
    """
    if not settings.MAIL_IS_ON:
        return 0
    monday, number = monday_of(on or timezone.localdate()), 0
    due = SavedView.objects.mailed().filter(mailed_on__lt=monday).select_for_update(of=("self",))
    for view in due.select_related("owner").order_by("pk"):
        number += _write(view, monday)
    return number


def _write(view, monday):
    view.mailed_on = monday
    if why := obstacle_of(view):
        view.mailed_on, view.mail_stopped = None, why
        view.save(update_fields=["mailed_on", "mail_stopped"])
        record(Kind.SYSTEM, "视图邮件停发", on=view, detail={"why": why})
        return 0
    view.save(update_fields=["mailed_on"])
    mails = [_mail(view, one, monday) for one in view.recipients.select_related("person") if _gets_it(view, one)]
    OutgoingMail.objects.bulk_create(mails, ignore_conflicts=True)
    record(Kind.SYSTEM, "生成视图邮件", on=view, detail={"mails": len(mails)})
    return len(mails)


def _mail(view, recipient, monday):
    subject = f"【{current().short_system}】{view.name}（{monday.year}年{monday.month}月{monday.day}日）"
    about = {"view": view, "view_on": monday, "subject": subject, "content": {"view": view.pk}}
    if recipient.person:
        return OutgoingMail(user=recipient.person, address=recipient.person.email, **about)
    return OutgoingMail(
        user=view.owner, address=recipient.address, outside=recipient.name or recipient.address, **about
    )


def _gets_it(view, recipient):
    """Return whether a recipient may still get the view: inside the unit of its owner, outside where it is allowed."""
    if recipient.person is None:
        return is_allowed(recipient.address) and may(view.owner, "tasks.mail_view_outside")
    person = recipient.person
    is_inside = view.owner.reads_everything or person.unit_id == view.owner.acting_unit_id
    return is_inside and person.is_active and bool(person.email) and person.mail_choice != MailChoice.OFF


def obstacle_of(view):
    """Return why a view is not mailed any more, "" where it is."""
    owner = view.owner
    if not owner.is_active or view.is_of_another_unit or not may(owner, "tasks.mail_view", view):
        return OWNER_GONE
    if view.list_name not in LISTS or not LISTS[view.list_name].is_open_to(owner):
        return NOT_READABLE
    return ""


# --- what a mail says, when it is sent --------------------------------------------------------------------------------


def compose(mail):
    """Write the text of a view's mail from what its owner may see now. Returns why it is not sent, "" where it is."""
    view = mail.view
    if view is None or view.mailed_on is None:
        return DELETED
    recipient = _recipient(mail)
    if recipient is None or not _gets_it(view, recipient):
        return "收件人已不在该视图的收件人之列。"
    if why := obstacle_of(view):
        return why
    try:
        shown = _content(view)
    except ShowInstead:
        return "还没有印发年度任务分解表。"
    shown |= {"name": mail.recipient, "is_outside": bool(mail.outside), "site": settings.SITE_URL}
    mail.text = f"{render_to_string('tasks/saved_views/mail.txt', shown).strip()}\n"
    mail.html = render_to_string("tasks/saved_views/mail.html", shown)
    mail.save(update_fields=["text", "html"])
    return ""


def _recipient(mail):
    if mail.outside:
        return mail.view.recipients.filter(address=mail.address).first()
    return mail.view.recipients.filter(person=mail.user_id).select_related("person").first()


def _content(view):
    """Return figures, heads and rows of a view as plain texts."""
    one = LISTS[view.list_name].mailed()
    found = one.found(view.owner, QueryDict(view.query))
    total = len(found.rows) if isinstance(found.rows, list) else found.rows.count()
    table, records = one.reader(found.scope, found.columns), list(found.rows[:MAX_ROWS])
    table.prepare(records)
    names = [column.name for column in table.columns]
    rows = [[_text(table.plain(record, name)) for name in names] for record in records]
    return {
        "view": view,
        "title": one.title,
        "as_of": found.scope.as_of,
        "conditions": found.scope.note,
        "gone": found.gone,
        "figures": one.figures(found.rows),
        "heads": [str(column.header) for column in table.columns],
        "rows": rows,
        "left": total - len(rows),
        "measure": one.measure,
        "sender": _sender(view),
        "demo": any(plan.has_demo_activity for plan in found.scope.plans),
    }


def _sender(view):
    unit = view.unit.name if view.unit else office_name()
    return f"{unit}{view.owner.name}"


def _text(value):
    """Return a value as a mail says it: moments and dates as days, long texts with their beginning."""
    if isinstance(value, datetime):
        value = timezone.localdate(value)
    text = "" if value is None else str(value)
    return text if len(text) <= MAX_CELL_CHARS else f"{text[: MAX_CELL_CHARS - 1]}…"
