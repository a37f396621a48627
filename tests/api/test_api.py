"""The read API: authentication, what each token shows, and invalid queries."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import ApiToken, Unit, User
from departments.services import tokens
from tasks.choices import DutyRole, PlanState
from tasks.models import Assignment
from tests.factories import AssignmentFactory, DesignationFactory, PlanFactory, TaskFactory, add_by_supplement, submit
from tests.pages import rows

pytestmark = pytest.mark.django_db

LISTS = ("plans", "tasks", "assignments", "units")
SHOWN = "?as_of=2024-09-30"


def reader(user):
    """Return a client with a token of `user`."""
    secret = tokens.make(user, by=user, name="县数据平台")
    return Client(headers={"authorization": f"Bearer {secret}"})


@pytest.fixture
def programs(county):
    return {role: reader(user) for role, user in county.people.items()}


def ask(program, path, status=200):
    answer = program.get(f"/api/v1/{path}")
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"].startswith("application/json")
    return answer.json()


def ids(program, path):
    return [row["id"] for row in ask(program, path)["results"]]


# --- the description --------------------------------------------------------------------------------------------------


def referred(part):
    """Yield every `$ref` below a part of the schema."""
    if isinstance(part, dict):
        yield from [part["$ref"]] if "$ref" in part else []
        part = part.values()
    if not isinstance(part, str) and hasattr(part, "__iter__"):
        for one in part:
            yield from referred(one)


def test_the_description_names_every_address_and_is_sound(programs):
    schema = ask(programs["office"], "openapi.json")

    assert schema["openapi"].startswith("3.")
    assert set(schema["paths"]) == {
        "/api/v1/plans",
        "/api/v1/plans/{pk}",
        "/api/v1/units",
        "/api/v1/tasks",
        "/api/v1/tasks/{pk}",
        "/api/v1/assignments",
        "/api/v1/assignments/{pk}",
    }
    operations = [(path, method, one) for path, methods in schema["paths"].items() for method, one in methods.items()]
    assert {method for _, method, _ in operations} == {"get"}
    assert len({one["operationId"] for _, _, one in operations}) == len(operations)
    for path, _, one in operations:
        assert one["security"] == [{"Token": []}]
        assert set(one["responses"]) == {"200", "400", "401", "404"}
        in_path = {parameter["name"] for parameter in one["parameters"] if parameter["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", path))
    assert schema["components"]["securitySchemes"]["Token"] == {"type": "http", "scheme": "bearer"}
    names = {f"#/components/schemas/{name}" for name in schema["components"]["schemas"]}
    assert set(referred(schema)) <= names


def test_the_page_lists_every_address_and_loads_nothing_from_elsewhere(office):
    page = office.get("/api/v1/").content.decode()

    for path in office.get("/api/v1/openapi.json").json()["paths"]:
        assert f"GET {path}" in page
    assert not re.search(r"(src|href)=\"(https?:)?//", page)


# --- who is let in ----------------------------------------------------------------------------------------------------


def test_without_a_good_token_every_answer_is_the_same(client, county):
    owner = county.people["liaison"]
    secret = tokens.make(owner, by=owner, name="旧")
    tokens.revoke(ApiToken.objects.get(user=owner, name="旧"), by=owner)
    headers = [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        f"Bearer {secret}",
        f"Token {secret}",
        f"Basic {secret}",
        "Bearer \xff\x00' OR 1=1 --",
        "Bearer " + "x" * 5000,
    ]

    sent = [{} if one is None else {"authorization": one} for one in headers]

    answers = [client.get("/api/v1/plans", headers=one) for one in sent]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.json()["detail"] for answer in answers} == {"请求未带有效的接口令牌。"}
    assert {answer["WWW-Authenticate"] for answer in answers} == {'Bearer realm="wenshang"'}


def test_a_session_opens_nothing(office):
    assert office.get("/api/v1/plans").status_code == 401


@pytest.mark.parametrize("change", [{"is_active": False}, {"must_change_password": True}, {"is_demo": True}])
def test_the_token_of_who_cannot_sign_in_is_dead(programs, county, change):
    ask(programs["office"], "plans")
    User.objects.filter(pk=county.people["office"].pk).update(**change)

    ask(programs["office"], "plans", 401)


def test_a_browsers_session_does_not_stand_in_the_tokens_way(programs, county):
    user = county.people["liaison"]
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    programs["office"].force_login(user)

    assert ask(programs["office"], "units")["total"] == Unit.objects.count()


def test_the_description_is_for_tokens_and_for_who_is_signed_in(client, office, programs):
    assert ask(Client(), "openapi.json", 401) == ask(Client(), "plans", 401)
    assert ask(Client(headers={"authorization": "Bearer wrong"}), "openapi.json", 401)
    assert ask(office, "openapi.json") == ask(programs["liaison"], "openapi.json")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace", "propfind", "foo"])
@pytest.mark.parametrize("path", ["", "plans", "assignments", "openapi.json", "nowhere", "tasks/1"])
def test_nothing_but_reading(county, method, path):
    user = county.people["office"]
    secret = tokens.make(user, by=user, name="程序")
    strict = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {secret}"})

    answer = strict.generic(method.upper(), f"/api/v1/{path}")

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert answer.json()["detail"]


def test_head_gives_the_same_without_a_body(programs):
    answer = programs["office"].head("/api/v1/plans")

    assert (answer.status_code, answer.content) == (200, b"")


def test_answers_stay_out_of_caches(programs):
    assert programs["office"].get("/api/v1/plans")["Cache-Control"] == "no-store"


# --- what is shown ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "duties", "units"),
    [
        ("office", {"duty", "lead_duty", "other_duty"}, None),
        ("reviewer", {"duty", "lead_duty", "other_duty"}, None),
        ("auditor", {"duty", "lead_duty", "other_duty"}, None),
        ("liaison", {"duty"}, 1),
        ("leader", {"duty"}, 1),
        ("lead", {"duty", "lead_duty"}, 1),
        ("lead_leader", {"lead_duty"}, 1),
        ("stranger", {"other_duty"}, 1),
    ],
)
def test_a_token_shows_what_its_owner_may_see(programs, county, role, duties, units):
    program = programs[role]

    assert set(ids(program, "assignments")) == {getattr(county, name).pk for name in duties}
    assert ask(program, "units")["total"] == (units or Unit.objects.count())
    assert ask(program, "tasks")["total"] == 2
    assert sum(row["counts"]["owed"] for row in ask(program, "tasks")["results"]) == len(duties)
    for name in ("duty", "lead_duty", "other_duty"):
        ask(program, f"assignments/{getattr(county, name).pk}", 200 if name in duties else 404)


def test_what_may_not_be_seen_answers_like_what_is_not_there(programs, county):
    hidden = ask(programs["liaison"], f"assignments/{county.other_duty.pk}", 404)

    assert hidden == ask(programs["liaison"], "assignments/999999", 404)
    assert hidden == ask(programs["liaison"], f"assignments/{10**30}", 404)
    assert hidden == ask(programs["liaison"], "nowhere", 404)
    assert ask(programs["liaison"], f"assignments?unit={county.other_unit.pk}", 400) == ask(
        programs["liaison"], "assignments?unit=999999", 400
    )


def test_a_plan_that_is_being_drawn_up_is_not_read_even_by_the_office(programs, county):
    draft = PlanFactory(year=2025, state=PlanState.DRAFT, issued_on=None)
    row = TaskFactory(section__part__plan=draft, plan=draft)

    assert ids(programs["office"], "plans") == [county.plan.pk]
    for path in (f"plans/{draft.pk}", f"tasks/{row.pk}", f"tasks?plan={draft.pk}"):
        ask(programs["office"], path, 404)


def test_reports_are_those_that_left_the_unit(programs, county):
    for role in ("office", "liaison", "lead"):
        reports = ask(programs[role], f"assignments/{county.duty.pk}")["reports"]

        assert [(one["id"], one["state"], one["reviewed_on"]) for one in reports] == [
            (county.report.pk, "submitted", None)
        ]


def test_a_row_says_what_the_table_says_and_who_owes_it(programs, county):
    row = ask(programs["stranger"], f"tasks/{county.task.pk}")

    assert (row["number"], row["requirement"]) == (1, "围绕招商引资做好信息发布工作。")
    assert row["lead"]["units"] == [county.lead_unit.pk]
    assert row["responsible"]["units"] == [county.town.pk]
    assert row["responsible"]["as_written"] == [one.text for one in county.task.designated(DutyRole.RESPONSIBLE)]
    assert row["counts"]["owed"] == 0  # the stranger sees the row, not how its units stand
    assert row["deadline"] == {
        "words": county.task.deadline_in_words,
        "due_on": county.task.due_on and str(county.task.due_on),
        "recurrence": county.task.recurrence,
    }


def test_a_row_says_which_supplement_added_it(programs, county):
    supplement = add_by_supplement(county.task)

    effect = {"number": supplement.document_number, "dated_on": str(supplement.dated_on), "effect": "added"}
    on_its_day = ask(programs["stranger"], f"tasks/{county.task.pk}")["supplements"]
    before = ask(programs["stranger"], f"tasks/{county.task.pk}?as_of=2024-09-19")["supplements"]

    assert (on_its_day, before) == ([effect], [])


def test_demo_data_says_so(programs, county):
    assert ask(programs["office"], "assignments")["demo"] is False
    type(county.plan).objects.update(has_demo_activity=True)

    for path in ("assignments", "tasks"):
        answer = ask(programs["office"], path)
        assert {answer["demo"], *(row["demo"] for row in answer["results"])} == {True}
    for path in (f"plans/{county.plan.pk}", f"tasks/{county.task.pk}", f"assignments/{county.duty.pk}"):
        assert ask(programs["office"], path)["demo"] is True


@pytest.mark.parametrize("role", ["office", "lead", "stranger"])
@pytest.mark.parametrize("as_of", ["2024-09-09", "2024-09-30", "2024-10-08", ""])
def test_figures_are_those_of_the_pages(history, role, as_of):
    program, page = reader(history.people[role]), Client()
    page.force_login(history.people[role])
    query = f"?as_of={as_of}&q=信息"

    duties = ask(program, f"assignments{query}")
    shown = rows(page.get(reverse("tasks:assignments") + query))
    assert duties["total"] == len(shown)
    assert {
        (one["id"], one["light"], one["is_late"], one["status"], one["due_on"], one["days_left"])
        for one in duties["results"]
    } == {(d.pk, d.light, d.is_late, d.status, d.due_on and d.due_on.isoformat(), d.days_left) for d in shown}
    parts = page.get(reverse("tasks:tasks") + query).context["parts"]
    counted = {row["task"].pk: row["counts"] for _, rows in parts for row in rows}
    for row in ask(program, f"tasks{query}")["results"]:
        of_page = counted[row["id"]] or dict.fromkeys(row["counts"], 0)
        assert row["counts"] == {name: of_page[name] for name in row["counts"]}


def test_a_past_evening_shows_what_stood_then(history):
    program = reader(history.people["office"])
    path = f"assignments/{history.other_duty.pk}"

    before, waiting, done = (ask(program, f"{path}?as_of={day}") for day in ("2024-09-09", "2024-09-30", "2024-10-08"))

    assert [one["status"] for one in (before, waiting, done)] == ["not_started", "under_review", "completed"]
    assert before["reports"] == []
    assert [(one["state"], one["submitted_on"], one["reviewed_on"]) for one in waiting["reports"]] == [
        ("submitted", "2024-09-10", None)
    ]
    assert [(one["state"], one["reviewed_on"]) for one in done["reports"]] == [("approved", "2024-10-08")]


def test_a_suspended_duty_is_not_counted(programs, county):
    Assignment.objects.filter(pk=county.other_duty.pk).update(suspended=True)

    assert county.other_duty.pk not in ids(programs["office"], "assignments")
    assert ask(programs["office"], f"assignments/{county.other_duty.pk}")["counted"] is False


# --- filters and pages ------------------------------------------------------------------------------------------------


def test_lists_are_cut(programs, county):
    office = programs["office"]
    part = county.task.section.part_id

    assert ids(office, f"assignments?task={county.task.pk}") == [county.lead_duty.pk, county.duty.pk]
    assert ids(office, f"assignments?unit={county.town.pk}&role=responsible") == [county.duty.pk]
    assert ids(office, "assignments?number=2") == [county.other_duty.pk]
    assert ids(office, f"assignments?part={part}&plan={county.plan.pk}&q=乡村") == [county.other_duty.pk]
    assert ids(office, "assignments?light=done") == []
    assert ids(office, "tasks?q=招商") == [county.task.pk]
    assert ids(office, f"tasks?lead={county.lead_unit.pk}") == [county.task.pk]
    assert ids(office, f"tasks?part={part}") == [county.task.pk, county.other_duty.task_id]


def test_lights_units_and_parts_take_several_values(programs, county):
    office, part = programs["office"], county.task.section.part_id
    everything = ids(office, "assignments")
    of = {light: ids(office, f"assignments?light={light}") for light in ("overdue", "review", "not_started")}
    two_units = {county.duty.pk, county.other_duty.pk}

    assert set(ids(office, "assignments?light=overdue&light=review&light=not_started")) == set().union(*of.values())
    assert set(ids(office, f"assignments?unit={county.town.pk}&unit={county.other_unit.pk}")) == two_units
    assert ids(office, f"assignments?part={part}&part={county.other_duty.task.section.part_id}") == everything
    assert ids(office, "assignments?light=&unit=&part=") == everything
    assert ids(office, "tasks?light=overdue&light=review") == ids(office, "tasks")
    assert ids(office, "tasks?part=&light=") == ids(office, "tasks")
    for query in ("light=overdue&light=purple", f"unit={county.town.pk}&unit=x", f"unit={'9' * 40}"):
        ask(office, f"assignments?{query}", 400)


@pytest.mark.parametrize(
    "query",
    [
        "light=purple",
        "role=boss",
        "unit=x",
        "unit=999999",
        "task=x",
        "task=1%00",
        "task=" + "9" * 40,
        "part=-1",
        "plan=x",
        "plan=²",
        "number=0",
        "q=" + "长" * 101,
        "q=%00",
        "due_from=soon",
        "as_of=tomorrow",
        "as_of=2999-01-01",
        "as_of=0001-01-01",
        "as_of=2024-01-01",
        "page=0",
        "page=-1",
        "page=x",
        "page_size=0",
        "page_size=201",
        "page_size=1e3",
        "colour=red",
        "duty=1",
    ],
)
def test_nonsense_is_named_and_gives_no_rows(programs, query):
    answer = ask(programs["office"], f"assignments?{query}", 400)

    assert set(answer) == {"detail"}
    assert re.search(r"[一-鿿]", answer["detail"])


@pytest.mark.parametrize("path", ["plans", "units", "tasks"])
@pytest.mark.parametrize("query", ["page=x", "page_size=201", "colour=red"])
def test_every_list_refuses_nonsense(programs, path, query):
    ask(programs["office"], f"{path}?{query}", 400)


HOSTILE = ["' OR 1=1 --", "%", "_", "\\", '"); DROP TABLE tasks_task; --', "<script>", "🀄", "()[]*+?"]


@pytest.mark.parametrize("q", HOSTILE)
def test_hostile_words_are_only_words(programs, q):
    for path in ("tasks", "assignments"):
        answer = programs["office"].get(f"/api/v1/{path}", {"q": q})

        assert (answer.status_code, answer.json()["total"]) == (200, 0)


def test_pages_together_give_every_row_once_in_the_same_order(programs, county):
    for number in range(3):
        TaskFactory(section=county.task.section, plan=county.plan, number=10 + number)
    for number in range(4):
        AssignmentFactory(task=county.task, role=DutyRole.RESPONSIBLE, unit__order=number)
    for path in ("tasks", "assignments"):
        whole = ask(programs["office"], f"{path}?page_size=200")
        count = -(-whole["total"] // 2)
        places = [ask(programs["office"], f"{path}?page_size=2&page={page + 1}") for page in range(count)]

        assert [row["id"] for place in places for row in place["results"]] == [row["id"] for row in whole["results"]]
        assert {(place["total"], place["page_size"]) for place in places} == {(whole["total"], 2)}
        assert {place["pages"] for place in places} == {count}


def test_a_page_that_is_not_there_is_404(programs):
    for path in LISTS:
        ask(programs["office"], f"{path}?page=99", 404)


def test_without_an_issued_plan_there_is_nothing_to_list(programs, county):
    type(county.plan).objects.update(state=PlanState.DRAFT)

    assert ids(programs["office"], "plans") == []
    ask(programs["office"], "tasks", 404)


# --- how much it asks of the database ---------------------------------------------------------------------------------


def queries(program, path):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        ask(program, path)
    return len(captured)


@pytest.mark.parametrize("role", ["office", "lead"])
def test_the_number_of_queries_does_not_grow(programs, county, role):
    program = programs[role]
    ask(program, "plans")  # marks the use of the token
    paths = [*LISTS, f"tasks{SHOWN}", f"assignments{SHOWN}", f"tasks/{county.task.pk}", f"assignments/{county.duty.pk}"]
    before = {path: queries(program, path) for path in paths}
    for number in range(12):
        task = TaskFactory(section=county.task.section, plan=county.plan, number=100 + number)
        DesignationFactory(task=task, unit=county.town)
        duty = AssignmentFactory(task=task)
        AssignmentFactory(task=task, unit=county.lead_unit, role=DutyRole.LEAD, coordinates=True)
        AssignmentFactory(task=county.task)
        submit(duty)
    submit(county.lead_duty)
    PlanFactory.create_batch(3, year=2020)

    assert {path: queries(program, path) for path in paths} == before
    assert max(before.values()) <= 13


# --- faults -----------------------------------------------------------------------------------------------------------


def test_a_fault_of_ours_is_told_in_json_with_a_number(programs, monkeypatch):
    monkeypatch.setattr("api.endpoints._plan", lambda plan: 1 / 0)

    answer = programs["office"].get("/api/v1/plans")

    assert answer.status_code == 500
    assert answer["X-Request-Id"] in answer.json()["detail"]


@pytest.mark.parametrize("path", ["nowhere", "plans/999999", "plans/x"])
def test_also_where_debug_is_on_answers_are_json(programs, settings, path):
    settings.DEBUG = True

    ask(programs["office"], path, 404)
