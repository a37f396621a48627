"""The bell, the list, and the way from a line to its page."""

import pytest
from django.urls import reverse

from tasks.models import Notification
from tests.factories import NotificationFactory, UserFactory
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
    assert '通知<span class="badge count">2</span>' in page_of(page)


def test_a_line_leads_to_its_page_and_counts_as_seen(client, person):
    notice = NotificationFactory(user=person, path="/assignments/?plan=1")

    response = client.post(reverse("tasks:notification", args=[notice.pk]))

    assert response.url == "/assignments/?plan=1"
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

    NotificationFactory.create_batch(2, user=person)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("tasks:notifications"))
    NotificationFactory.create_batch(40, user=person)
    with django_assert_num_queries(len(few)):
        client.get(reverse("tasks:notifications"))
