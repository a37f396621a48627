"""The bell, the list, and the way from a line to its page."""

import pytest
from django.urls import reverse

from tasks.models import Notification
from tests.factories import AssignmentFactory, NotificationFactory, PlanFactory, UnitFactory, UserFactory
from tests.pages import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    someone = UserFactory()
    client.force_login(someone)
    return someone


def test_the_list_has_ones_own_lines_the_latest_first(client, person):
    for text in ("先来的。", "后来的。"):
        NotificationFactory(user=person, text=text)
    NotificationFactory(text="别人的。")

    page = client.get(reverse("tasks:notifications"))

    assert [notice.text for notice in page.context["page"]] == ["后来的。", "先来的。"]
    assert '通知</span><span class="pill">2</span>' in page_of(page)


def test_a_line_leads_to_its_page_and_counts_as_seen(client, person):
    path = f"/assignments/?plan={PlanFactory().pk}"
    notice = NotificationFactory(user=person, path=path)

    response = client.post(reverse("tasks:notification", args=[notice.pk]))

    assert response.url == path
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_what_was_told_for_the_former_unit_has_neither_words_nor_a_way_to_its_page(client, person):
    duty = AssignmentFactory(unit=person.unit)
    path = reverse("tasks:assignment", args=[duty.pk])
    notice = NotificationFactory(user=person, unit=person.unit, text="缺少发布链接。", path=path)
    person.unit = UnitFactory()
    person.save()

    listed = page_of(client.get(reverse("tasks:notifications")))
    followed = client.post(reverse("tasks:notification", args=[notice.pk]), follow=True)

    assert "缺少发布链接。" not in listed
    assert "所涉事项已不再由您办理或查看，内容不再显示。" in listed
    assert followed.redirect_chain == [(reverse("tasks:notifications"), 302)]
    assert "这条通知所涉事项已不再由您办理或查看，已标为已读。" in page_of(followed)
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_opening_the_list_marks_nothing(client, person):
    NotificationFactory(user=person)

    client.get(reverse("tasks:notifications"))

    assert Notification.objects.unread().count() == 1


def test_unread_ones_alone(client, person):
    NotificationFactory(user=person, text="已读的。", read_at="2024-06-24T00:00:00Z")
    NotificationFactory(user=person, text="未读的。")

    page = client.get(reverse("tasks:notifications") + "?unread")

    assert [notice.text for notice in page.context["page"]] == ["未读的。"]


def test_all_are_marked_at_once(client, person):
    NotificationFactory.create_batch(3, user=person)

    response = client.post(reverse("tasks:read-notifications"), follow=True)

    assert "已将3条通知标为已读。" in page_of(response)
    assert not Notification.objects.unread().exists()


def test_the_queries_do_not_grow_with_the_lines(client, person, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def told(count):
        for duty in AssignmentFactory.create_batch(count, unit=person.unit):
            NotificationFactory(user=person, path=reverse("tasks:assignment", args=[duty.pk]))

    told(2)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("tasks:notifications"))
    told(40)
    with django_assert_num_queries(len(few)):
        client.get(reverse("tasks:notifications"))
