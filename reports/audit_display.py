"""Display of audit entries: names, labels and links to the records acted on."""

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.urls import NoReverseMatch, reverse

from departments.models import Unit, User
from wenshang_disclosure.audit.checking import CHECKED
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import may

PAGES = {
    "tasks.assignment": ("tasks:assignment", "reports.see_audit"),
    "tasks.task": ("tasks:task", "reports.see_audit"),
    "tasks.plan": ("tasks:plan", "tasks.read_plans"),
    "tasks.extension": ("tasks:extension", "reports.see_audit"),
    "tasks.reminder": ("tasks:reminder", "reports.see_audit"),
    "tasks.reportinground": ("tasks:round", "reports.see_audit"),
    "reports.assessment": ("reports:published-assessment", "reports.see_audit"),
    "departments.unit": ("reports:unit", "reports.see_audit"),
    "departments.user": ("departments:person", "departments.manage_people"),
}
"""URL name and required permission of the page of each kind of record."""

WORDS = {
    "as": "以何任职",
    "post": "任职",
    "on": "自",
    "after": "排在其后",
    "page": "页面",
    "method": "请求方式",
    "number": "链上序号",
    "hash": "摘要",
    "entries": "记录条数",
    "until": "最晚时间",
    "faults": "发现的问题",
    "report": "进展报告编号",
    "assessment": "考核结果编号",
    "content": "内容摘要",
    "count": "数量",
    "times": "本小时第几次",
    "ending": "扩展名",
    "virus": "病毒",
    "fields": "修改的项目",
    "from": "原为",
    "to": "改为",
    "old": "原为",
    "new": "改为",
    "reason": "原因",
    "file": "文件",
    "name": "名称",
    "pk": "编号",
    "id": "编号",
}


def entries():
    """Return all entries, latest first."""
    return AuditEntry.objects.order_by("-at", "-pk")


class Actors:
    """The people who acted in some entries, or everybody, by their names of today."""

    def __init__(self, entries=None):
        """Read the names once."""
        people, units = User.objects.order_by(), Unit.objects.order_by()
        if entries is not None:
            entries = list(entries)
            people = people.filter(pk__in={entry.actor_id for entry in entries})
            units = units.filter(pk__in={entry.unit_id for entry in entries})
        self._people = {pk: (name, unit) for pk, name, unit in people.values_list("pk", "name", "unit__name")}
        self._units = dict(units.values_list("pk", "name"))

    def of(self, entry):
        """Return name and unit of the actor of an entry; the unit is the one that they belonged to at that time.

        Where the entry does not have it, the unit of today is given as such.
        """
        name, unit_today = self._people.get(entry.actor_id, ("", ""))
        if entry.unit_id is None:
            return name, f"现属{unit_today}" if unit_today else ""
        return name, self._units.get(entry.unit_id, "")


def last_check():
    """Return the entry of the latest check, `None` if there is none."""
    return AuditEntry.objects.filter(kind=Kind.SYSTEM, act=CHECKED).order_by("-at", "-pk").first()


def page_of(entry, user):
    """Return the URL of the record acted on, empty if it has no page that the user may open."""
    name, permission = PAGES.get(entry.subject_type, ("", ""))
    if not name or not entry.subject_id.isdecimal() or not may(user, permission):
        return ""
    return reverse(name, args=[entry.subject_id])


def kind_of(entry):
    """Return the Chinese name of the kind of record acted on."""
    model = _model(entry.subject_type)
    return str(model._meta.verbose_name) if model else ""


def details(entry):
    """Return the details of an entry as `(label, text)` pairs."""
    model = _model(entry.subject_type)
    return [(_label(model, key), _in_words(model, key, value)) for key, value in _in_order(_plain(entry.detail))]


def _in_order(detail):
    """Return the pairs in the order of `WORDS`, then by key, since PostgreSQL does not keep the order of keys."""
    known = list(WORDS)
    return sorted(detail.items(), key=lambda pair: (known.index(pair[0]) if pair[0] in known else len(known), pair[0]))


def _plain(detail):
    """Return the details with the page's URL instead of its name and ids."""
    if "page" not in detail:
        return detail
    rest = {key: value for key, value in detail.items() if not _is_id(key, value)}
    ids = {key: value for key, value in detail.items() if _is_id(key, value)}
    try:
        return {**rest, "page": reverse(detail["page"], kwargs=ids)}
    except NoReverseMatch:
        return detail


def _is_id(key, value):
    return key not in WORDS and isinstance(value, int) or key == "pk"


def _model(label):
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _field(model, name):
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _label(model, key):
    return WORDS.get(key) or str(getattr(_field(model, key), "verbose_name", key))


def _in_words(model, key, value):
    if isinstance(value, dict):
        return "；".join(f"{_label(model, inner)}：{_in_words(model, key, one)}" for inner, one in _in_order(value))
    if isinstance(value, list):
        return "、".join(_in_words(model, key, one) for one in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if value in (None, ""):
        return "（空）"
    choices = dict(getattr(_field(model, key), "flatchoices", ()))
    return str(choices.get(value, value))
