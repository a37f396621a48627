"""Saved views (视图): saving, changing, sharing, ordering, deleting, and starting at one."""

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.http import QueryDict

from tasks.models import SavedView, StartPage
from tasks.models.saved_view import MAX_QUERY_CHARS
from tasks.rules import ranges_to_share
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused, require
from wenshang_disclosure.core.web.lists import LISTS, view_query

MAX_VIEWS = 20  # of a person in one list
NAME_TAKEN = "您已有同名的视图，请换一个名称。"


@transaction.atomic
def save(*, list_name, query, name, sharing, by):
    """Save what a list shows as a view of `by`, and return it. Raises `Refused`."""
    if list_name not in LISTS:
        raise Refused("这个页面不能存为视图。")
    _require_sharing(by, sharing)
    own = SavedView.objects.filter(owner=by, list_name=list_name)
    if own.count() >= MAX_VIEWS:
        raise Refused(f"一个清单最多保存{MAX_VIEWS}个视图，请先删去不用的。")
    order = (own.aggregate(last=Max("order"))["last"] or 0) + 1
    view = SavedView(owner=by, unit_id=by.acting_unit_id, list_name=list_name, name=name, sharing=sharing, order=order)
    _set_query(view, query)
    _keep(view)
    record(Kind.CHANGE, "保存视图", by=by, on=view, detail={"list": list_name, "sharing": sharing})
    return view


@transaction.atomic
def change(view, *, by, name, sharing):
    """Rename a view, and say who opens it."""
    view = _lock(view)
    require(by, "tasks.change_view", view, "只有保存人可以修改这个视图。")
    if sharing != view.sharing:
        _require_sharing(by, sharing)
    view.name, view.sharing = name, sharing
    _keep(view)
    record(Kind.CHANGE, "修改视图", by=by, on=view, detail={"sharing": sharing})


@transaction.atomic
def update(view, *, by, query):
    """Set what a view shows to what the list shows now."""
    view = _lock(view)
    require(by, "tasks.change_view", view, "只有保存人可以修改这个视图。")
    _set_query(view, query)
    view.save(update_fields=["query"])
    record(Kind.CHANGE, "更新视图条件", by=by, on=view)


@transaction.atomic
def delete(view, *, by):
    """Delete a view; its mails end with it."""
    view = _lock(view)
    require(by, "tasks.delete_view", view, "只有保存人可以删除这个视图。")
    record(Kind.CHANGE, "删除视图", by=by, on=view, detail={"sharing": view.sharing})
    view.delete()


@transaction.atomic
def move(view, *, by, step):
    """Move a view of `by` among their views of that list; `step` is -1 or 1."""
    require(by, "tasks.change_view", view, "只能调整自己的视图。")
    views = list(
        SavedView.objects.select_for_update().filter(owner=by, list_name=view.list_name).order_by("order", "pk")
    )
    at = views.index(view)
    to = min(max(at + step, 0), len(views) - 1)
    views.insert(to, views.pop(at))
    for place, one in enumerate(views, start=1):
        one.order = place
    SavedView.objects.bulk_update(views, ["order"])
    record(Kind.CHANGE, "调整视图顺序", by=by, on=view)


@transaction.atomic
def start_at(view, *, by):
    """Make a view the page at which `by` starts; `None` puts back the usual one."""
    StartPage.objects.filter(person=by).delete()
    if view is not None:
        StartPage.objects.create(person=by, view=view)
    record(Kind.CHANGE, "设为首页" if view else "恢复原首页", by=by, on=view)


def _require_sharing(user, sharing):
    if sharing not in ranges_to_share(user):
        raise Refused("您不能把视图共享到这个范围。", field="sharing")


def _set_query(view, query):
    kept = view_query(QueryDict(query)).urlencode()
    if len(kept) > MAX_QUERY_CHARS:
        raise Refused("条件太多，视图存不下。请减少所选的事项或者条件。")
    view.query = kept


def _keep(view):
    """Save the view. Raises `Refused` where its owner has another one of that name."""
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise Refused(NAME_TAKEN, field="name") from None


def _lock(view):
    return SavedView.objects.select_for_update(of=("self",)).select_related("owner").get(pk=view.pk)
