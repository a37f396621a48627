"""Every address as every role, against one table (design §6). An address without a row here fails."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.world import build_county

pytestmark = pytest.mark.django_db

ROLES = (
    "anonymous",
    "office",
    "administrator",
    "reviewer",
    "auditor",
    "liaison",
    "leader",
    "lead",
    "lead_leader",
    "stranger",
)
IN, NO, GONE, SIGN_IN, FORBIDDEN_METHOD = 200, 403, 404, 302, 405


def everybody(status, **otherwise):
    """The same for all who signed in; anonymous is sent to sign in."""
    return {role: otherwise.get(role, SIGN_IN if role == "anonymous" else status) for role in ROLES}


READS_ALL = ("office", "administrator", "reviewer", "auditor")
SEES_THE_DUTY = {**everybody(GONE), **dict.fromkeys((*READS_ALL, "liaison", "leader", "lead"), IN)}
OWN_UNIT_AND_ALL = {**everybody(GONE), **dict.fromkeys((*READS_ALL, "liaison", "leader"), IN)}
QUEUE = {**everybody(NO), **dict.fromkeys(READS_ALL, IN)}
REVIEW_POST = {**everybody(NO), **dict.fromkeys(("office", "administrator", "reviewer"), 422)}
WRITES = {**everybody(GONE), **dict.fromkeys((*READS_ALL, "leader", "lead"), NO), "liaison": IN}
WRITE_POST = {**WRITES, "liaison": 422}
OPEN = dict.fromkeys(ROLES, IN)
NEVER = everybody(FORBIDDEN_METHOD)
ANYBODY_NEVER = dict.fromkeys(ROLES, FORBIDDEN_METHOD)

# name: (arguments, GET, POST); None: the method changes nothing and is not worth a row of its own
TABLE = {
    "home": ([], everybody(302), None),
    "healthz": ([], OPEN, ANYBODY_NEVER),
    "readyz": ([], OPEN, ANYBODY_NEVER),
    "departments:sign-in": ([], {**dict.fromkeys(ROLES, 302), "anonymous": IN}, None),
    "departments:sign-out": ([], ANYBODY_NEVER, dict.fromkeys(ROLES, 302)),
    "departments:password": ([], everybody(IN), everybody(422)),
    "tasks:tasks": ([], everybody(IN), NEVER),
    "tasks:task": (["task"], everybody(IN), None),
    "tasks:assignments": ([], everybody(IN), NEVER),
    "tasks:assignment": (["duty"], SEES_THE_DUTY, None),
    "tasks:revoke": (
        ["duty"],
        NEVER,
        {**SEES_THE_DUTY, **dict.fromkeys(("auditor", "liaison", "leader", "lead"), NO)}
        | dict.fromkeys(("office", "administrator", "reviewer"), 422),
    ),
    "tasks:report": (["duty"], WRITES, WRITE_POST),
    "tasks:autosave": (["duty"], NEVER, {**WRITES, "liaison": 422}),
    "tasks:withdraw": (
        ["report"],
        NEVER,
        {**SEES_THE_DUTY, **dict.fromkeys((*READS_ALL, "leader", "lead"), NO), "liaison": 422},
    ),
    "tasks:reviews": ([], QUEUE, NEVER),
    "tasks:review": (["report"], QUEUE, None),
    "tasks:approve": (
        ["report"],
        NEVER,
        {**everybody(NO), **dict.fromkeys(("office", "administrator", "reviewer"), 302)},
    ),
    "tasks:return": (["report"], NEVER, REVIEW_POST),
    "tasks:overdue": ([], everybody(IN), NEVER),
    "tasks:evidence": (["item"], SEES_THE_DUTY, everybody(FORBIDDEN_METHOD)),
    "reports:dashboard": ([], everybody(IN), None),
    "reports:units": ([], everybody(IN), NEVER),
    "reports:unit": (["town"], OWN_UNIT_AND_ALL, NEVER),
    "reports:export-assignments": ([], everybody(IN), NEVER),
    "reports:export-overdue": ([], everybody(IN), NEVER),
    "reports:export-reviews": ([], QUEUE, NEVER),
    "reports:export-tasks": ([], everybody(IN), NEVER),
    "reports:export-units": ([], everybody(IN), NEVER),
    "reports:export-unit": (["town"], OWN_UNIT_AND_ALL, NEVER),
    "reports:export-ledger": ([], everybody(IN), NEVER),
}


@pytest.fixture
def county(evidence_folder):
    return build_county()


def names(patterns, namespace=""):
    """Every named address of the product; Django admin is walked by its own tests."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = pattern.namespace or ""
            if inner != "admin":
                yield from names(pattern.url_patterns, f"{namespace}{inner}:" if inner else namespace)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def test_every_address_has_a_row():
    assert set(names(get_resolver().url_patterns)) == set(TABLE)


def answer(client, county, name, role, method):
    if role != "anonymous":
        client.force_login(county.people[role])
    arguments = [getattr(county, argument).pk for argument in TABLE[name][0]]
    return getattr(client, method)(reverse(name, args=arguments))


@pytest.mark.parametrize("name", TABLE)
def test_reading_an_address(client, county, name):
    got = {}
    for role in ROLES:
        client.logout()
        got[role] = answer(client, county, name, role, "get").status_code

    assert got == TABLE[name][1]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row[2]])
def test_sending_to_an_address(client, county, name, role):
    response = answer(client, county, name, role, "post")

    assert response.status_code == TABLE[name][2][role]


@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
def test_a_drafts_evidence_is_its_units_alone(client, county, role):
    client.force_login(county.people[role])
    own = role in ("liaison", "leader")
    item = county.draft_item
    item.stored, item.url = county.item.stored, ""
    item.save()

    response = client.get(reverse("tasks:evidence", args=[item.pk]))

    assert response.status_code == (IN if own else GONE)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
def test_a_drafts_words_are_shown_to_its_unit_alone(client, county, role):
    client.force_login(county.people[role])

    pages = [
        client.get(reverse("tasks:task", args=[county.task.pk])),
        client.get(reverse("tasks:assignment", args=[county.duty.pk])),
        client.get(reverse("tasks:review", args=[county.report.pk])),
    ]

    assert not any("尚未报送" in page.content.decode() for page in pages)


@pytest.mark.parametrize("name", ["tasks:assignment", "tasks:report", "tasks:review", "reports:unit", "tasks:task"])
def test_an_unknown_id_answers_as_a_forbidden_one(client, county, name):
    client.force_login(county.people["office"])

    response = client.get(reverse(name, args=[999_999]))

    assert response.status_code == GONE
    assert "不在您可查看的范围内" in response.content.decode()


def test_only_the_administrator_enters_django_admin(client, county):
    got = {}
    for role in ROLES:
        client.logout()
        if role != "anonymous":
            client.force_login(county.people[role])
        got[role] = client.get(reverse("admin:index"), follow=True).status_code

    assert got == {**dict.fromkeys(ROLES, NO), "anonymous": IN, "administrator": IN}
