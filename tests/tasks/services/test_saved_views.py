"""Saved views: who saves, shares, changes and opens them, and what a view keeps."""

import pytest
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from departments.models import User
from tasks.choices import Sharing
from tasks.models import SavedView, StartPage
from tasks.models.saved_view import start_page_of
from tasks.rules import ranges_to_share
from tasks.services import saved_views
from tests.factories import SavedViewFactory, UnitFactory, UserFactory
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return UserFactory(role=Role.OFFICE)


def save(by, *, name="要盯的", query="light=overdue", sharing=Sharing.OWN, list_name="tasks:assignments"):
    return saved_views.save(list_name=list_name, query=query, name=name, sharing=sharing, by=by)


def test_a_view_keeps_filters_order_and_columns_and_neither_year_nor_day_nor_page(office):
    query = "light=overdue&light=review&q=&sort=-due_on&columns=unit,light&page=3&plan=5&as_of=2024-09-01&view=9"

    view = save(office, query=query)

    assert view.query == "light=overdue&light=review&sort=-due_on&columns=unit%2Clight"
    assert AuditEntry.objects.filter(act="保存视图", subject=f"视图{view.pk}").count() == 1


def test_two_views_of_a_list_have_different_names(office):
    save(office)

    with pytest.raises(Refused, match="同名"):
        save(office, query="light=review")
    assert save(office, list_name="tasks:overdue").name == "要盯的"


def test_a_page_that_is_no_list_cannot_be_saved(office):
    with pytest.raises(Refused, match="不能存为视图"):
        save(office, list_name="tasks:plans")


def test_a_list_takes_a_limited_number_of_views(office, monkeypatch):
    monkeypatch.setattr(saved_views, "MAX_VIEWS", 1)
    save(office)

    with pytest.raises(Refused, match="最多保存1个"):
        save(office, name="另一个")


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.OFFICE, [Sharing.OWN, Sharing.COUNTY]),
        (Role.REVIEWER, [Sharing.OWN]),
        (Role.AUDITOR, [Sharing.OWN]),
        (Role.LIAISON, [Sharing.OWN, Sharing.UNIT]),
        (Role.LEADER, [Sharing.OWN, Sharing.UNIT]),
    ],
)
def test_the_office_shares_with_everybody_and_a_units_people_within_it(role, allowed):
    person = UserFactory(role=role, unit=UnitFactory())

    assert ranges_to_share(person) == allowed
    for sharing in set(Sharing) - set(allowed):
        with pytest.raises(Refused, match="不能把视图共享"):
            save(person, sharing=sharing)


def test_a_shared_view_is_opened_by_those_with_whom_it_is_shared(office):
    town, other = UnitFactory(), UnitFactory()
    writer, colleague, stranger = UserFactory(unit=town), UserFactory(unit=town), UserFactory(unit=other)
    county = save(office, sharing=Sharing.COUNTY)
    unit, own = save(writer, sharing=Sharing.UNIT), save(writer, name="自己的")

    def opened(person):
        return list(SavedView.objects.visible_to(person).as_tabs())

    assert opened(writer) == [county, unit, own]
    assert opened(colleague) == [county, unit]
    assert opened(stranger) == [county]
    assert opened(office) == [county]


def test_nobody_but_the_owner_changes_a_view_and_the_office_removes_what_is_shared_with_everybody(office):
    other = UserFactory(role=Role.OFFICE)
    shared, own = save(other, sharing=Sharing.COUNTY), save(other, name="自己的")

    for step in (
        lambda: saved_views.change(shared, by=office, name="我的", sharing=Sharing.OWN),
        lambda: saved_views.update(shared, by=office, query=""),
        lambda: saved_views.move(shared, by=office, step=1),
        lambda: saved_views.delete(own, by=office),
    ):
        with pytest.raises(PermissionDenied):
            step()
    saved_views.delete(shared, by=office)

    assert list(SavedView.objects.all()) == [own]


def test_who_shared_a_view_may_rename_it_after_a_change_of_role(office):
    view = save(office, sharing=Sharing.COUNTY)
    User.objects.filter(pk=office.pk).update(role=Role.AUDITOR)
    office = User.objects.get(pk=office.pk)

    saved_views.change(view, by=office, name="改名", sharing=Sharing.COUNTY)

    assert SavedView.objects.get().name == "改名"


def test_views_are_moved_among_the_own_ones(office):
    first, second, third = (save(office, name=name) for name in "甲乙丙")

    saved_views.move(third, by=office, step=-1)
    saved_views.move(first, by=office, step=-1)

    assert list(SavedView.objects.visible_to(office).as_tabs()) == [first, third, second]


def test_one_view_is_the_start_page_until_it_is_gone_or_cannot_be_opened_any_more(office):
    person = UserFactory()
    shared, own = save(office, sharing=Sharing.COUNTY), save(person, name="自己的")
    saved_views.start_at(own, by=person)
    saved_views.start_at(shared, by=person)
    assert (start_page_of(person), StartPage.objects.count()) == (shared, 1)

    saved_views.change(shared, by=office, name="收回", sharing=Sharing.OWN)
    assert start_page_of(person) is None

    saved_views.start_at(own, by=person)
    saved_views.delete(own, by=person)
    assert start_page_of(person) is None


def test_a_view_of_a_list_that_is_gone_is_no_start_page():
    view = SavedViewFactory(list_name="tasks:gone")
    StartPage.objects.create(person=view.owner, view=view)

    assert start_page_of(view.owner) is None
