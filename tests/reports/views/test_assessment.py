"""Pages and files of the assessment."""

import datetime as dt
import io
import uuid

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from departments.choices import UnitKind
from reports.assessment import RubricValues, current
from reports.models import Assessment, Rubric
from reports.services import assessment as service
from tasks.services.progress import reviews
from tests.factories import AssignmentFactory, UnitFactory, UserFactory, complete
from tests.pages import page_of

pytestmark = pytest.mark.django_db

ADDRESS = "reports:assessment"


def page(client, query=""):
    return client.get(f"{reverse(ADDRESS)}?{query}")


def scores(response):
    return {row.unit_name: row for _, rows in response.context["groups"] for row in rows}


def numbers(**changed):
    return {**RubricValues().as_data(), "seen": "", **changed}


def post(client, what, **fields):
    return client.post(reverse("reports:rubric"), {**fields, what: "1"})


@pytest.fixture
def publish_it(county):
    def publish():
        about = {"as_of": dt.date(2024, 11, 30), "seen": service.version_of(county.plan)}
        return service.publish(county.plan, by=county.people["office"], key=uuid.uuid4(), **about)

    return publish


# --- how units stand --------------------------------------------------------------------------------------------------


def test_the_office_sees_every_unit_with_points_and_reasons(office, county):
    response = page(office)

    assert set(scores(response)) == {"县商务局", "县农业农村局", "南旺镇人民政府"}
    assert [heading for heading, _ in response.context["groups"]] == ["部门、单位", "乡镇（街道）"]
    assert "应办1件，办结0件，办结率0.0%，得0分" in page_of(response)


@pytest.mark.parametrize("who", ["reviewer", "auditor"])
def test_who_reads_everything_sees_all_and_publishes_nothing(client, county, who):
    client.force_login(county.people[who])

    response = page(client)

    assert len(scores(response)) == 3
    assert response.context["publish_form"] is None
    assert reverse("reports:rubric") not in page_of(response)


@pytest.mark.parametrize("who", ["liaison", "leader"])
def test_a_unit_sees_its_own_row_without_a_rank(client, county, who):
    client.force_login(county.people[who])

    response = page(client)

    assert [(name, row.rank) for name, row in scores(response).items()] == [("南旺镇人民政府", None)]
    assert "县商务局" not in page_of(response).partition("<main")[2]
    assert "以公布的结果为准" in page_of(response)


def test_a_lead_does_not_see_the_points_of_the_units_it_coordinates(client, county):
    client.force_login(county.people["lead"])

    assert list(scores(page(client))) == ["县商务局"]


def test_once_published_a_unit_reads_its_total_and_rank(client, county, publish_it):
    publish_it()
    client.force_login(county.people["liaison"])

    text = page_of(page(client))

    assert "在乡镇（街道）中列第<strong>1</strong>名" in text


def test_the_page_is_cut_by_its_filter_and_the_ranks_stay(office, county):
    complete(county.other_duty)

    response = page(office, "q=商务")

    assert [(name, row.rank) for name, row in scores(response).items()] == [("县商务局", 2)]
    assert response.context["units_scored"] == 3


def test_units_of_one_kind(office, county):
    response = page(office, f"kind={UnitKind.TOWNSHIP}")

    assert list(scores(response)) == ["南旺镇人民政府"]


@pytest.mark.parametrize(
    ("query", "sentence"), [("as_of=2099-01-01", "截至日期不能晚于今天"), ("kind=moon", "没有这个选项")]
)
def test_nonsense_answers_400_and_guesses_nothing(office, county, query, sentence):
    response = page(office, query)

    assert response.status_code == 400
    assert sentence in page_of(response)
    assert scores(response) == {}


def test_before_the_plan_nobody_is_scored(office, county):
    response = page(office, "as_of=2024-06-01")

    assert (response.status_code, scores(response)) == (200, {})
    assert "截至该日没有承担事项，不计分" in page_of(response)


def test_the_way_here_is_on_the_list_of_units_and_on_the_page_of_each(office, county):
    assert f'href="{reverse(ADDRESS)}?plan={county.plan.pk}"' in page_of(office.get(reverse("reports:units")))
    page = page_of(office.get(reverse("reports:unit", args=[county.town.pk])))
    assert f'class="end" href="{reverse(ADDRESS)}"' in page


# --- the rubric -------------------------------------------------------------------------------------------------------


def test_a_trial_shows_both_sides_and_saves_nothing(office, county):
    complete(county.other_duty)

    response = post(office, "try", **numbers(completion="40", quality="30"))

    effects = {one.after.unit_name: one for _, rows in response.context["groups"] for one in rows}
    assert response.status_code == 200
    assert set(effects) == {"县商务局", "县农业农村局", "南旺镇人民政府"}
    one = effects["县农业农村局"]
    assert (one.before.parts["completion"].points, one.after.parts["completion"].points) == (50, 40)
    assert not Rubric.objects.exists()
    assert current(county.plan) == RubricValues()
    assert 'name="save"' in page_of(response)


def test_what_was_tried_is_saved(office, county):
    changed = numbers(completion="40", quality="30")
    tried = post(office, "try", **changed).context["tried"].mark

    response = post(office, "save", **changed, tried=tried)

    assert response.status_code == 302
    assert (current(county.plan).completion, current(county.plan).quality) == (40, 30)


def test_what_was_changed_after_the_trial_is_shown_first(office, county):
    tried = post(office, "try", **numbers(completion="40", quality="30")).context["tried"].mark

    response = post(office, "save", **numbers(completion="30", quality="40"), tried=tried)

    assert response.status_code == 422
    assert "又有改动" in page_of(response)
    assert response.context["tried"].completion == 30
    assert not Rubric.objects.exists()


def test_numbers_never_tried_are_not_saved(office, county):
    response = post(office, "save", **numbers(completion="40", quality="30"))

    assert response.status_code == 422
    assert not Rubric.objects.exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"completion": "40"}, "四项分值合计应为100分，现为90分。"),
        ({"completion": ""}, "请填写“办结情况”。"),
        ({"completion": "很多"}, "请填写数字。"),
        ({"completion": "1e400"}, "应在0至100之间。"),
        ({"completion": "NaN"}, "请填写数字。"),
        ({"per_return": "0.125"}, "最多保留两位小数。"),
        ({"per_return": "-1"}, "应在0至10之间。"),
        ({"most_extra": "21"}, "应在0至20之间。"),
        ({"good": "20"}, "依次不高于前一档"),
    ],
)
@pytest.mark.parametrize("what", ["try", "save"])
def test_a_wrong_number_is_named_and_stays_as_typed(office, county, changed, sentence, what):
    response = post(office, what, **numbers(**changed))

    ((name, typed),) = changed.items()
    assert response.status_code == 422
    assert sentence in page_of(response)
    assert response.context["form"][name].value() == typed
    assert response.context["tried"] is None


def test_a_colleague_who_was_faster_is_told_of_and_the_numbers_stay(office, county):
    changed = numbers(completion="40", quality="30")
    tried = post(office, "try", **changed).context["tried"].mark
    others = {**RubricValues().as_data(), "completion": "60", "quality": "10"}
    service.save_rubric(
        county.plan, by=county.people["administrator"], seen="", **RubricValues.from_data(others).__dict__
    )

    response = post(office, "save", **changed, tried=tried)

    assert response.status_code == 409
    assert "修改考核标准，本次操作未生效" in page_of(response)
    assert response.context["form"]["completion"].value() == "40"
    assert current(county.plan).completion == 60
    again = {**changed, "seen": response.context["form"]["seen"].value()}
    assert post(office, "save", **again, tried=tried).status_code == 302


def test_the_same_numbers_need_no_saving(office, county):
    response = post(office, "try", **numbers(completion="50.0"))

    assert "与现行标准相同，不需要保存" in page_of(response)
    assert 'name="save"' not in page_of(response)


def test_a_trial_of_a_day_that_cannot_be_answers_400(office, county):
    response = office.post(
        f"{reverse('reports:rubric')}?as_of=2099-01-01", {**numbers(completion="40", quality="30"), "try": "1"}
    )

    assert response.status_code == 400
    assert response.context["groups"] == []


# --- published --------------------------------------------------------------------------------------------------------


def test_the_office_publishes_what_it_sees(office, county):
    form = page(office, "as_of=2024-11-30").context["publish_form"]
    fields = {field.name: field.value() for field in form}

    response = office.post(reverse("reports:publish-assessment"), {**fields, "plan": county.plan.pk}, follow=True)

    one = Assessment.objects.latest_of(county.plan)
    assert one.rows.count() == 3
    assert "考核结果已公布" in page_of(response)
    assert "考核结果（截至2024年11月30日）" in page_of(response)
    assert str(county.people["office"]) in page_of(response)


def test_what_cannot_be_published_says_why(office, county):
    fields = {field.name: field.value() for field in page(office).context["publish_form"]}

    early = office.post(
        reverse("reports:publish-assessment"), {**fields, "as_of": "2024-01-01", "plan": county.plan.pk}
    )
    empty = office.post(reverse("reports:publish-assessment"), {"plan": county.plan.pk})

    assert (early.status_code, empty.status_code) == (422, 422)
    assert "不能早于分解表印发日期" in page_of(early)
    assert Assessment.objects.count() == 1  # the county's own, which has no rows


def test_a_published_page_stays_and_an_older_one_points_to_the_latest(office, county, publish_it):
    first = publish_it()
    shown = office.get(reverse("reports:published-assessment", args=[first.pk]))
    complete(county.duty)
    second = publish_it()

    again = office.get(reverse("reports:published-assessment", args=[first.pk]))

    assert {name: row.total for name, row in scores(again).items()} == {
        name: row.total for name, row in scores(shown).items()
    }
    assert "此后另有公布" in page_of(again)
    assert reverse("reports:published-assessment", args=[second.pk]) in page_of(again)
    assert "此前公布的结果（2次）" in page_of(page(office))


def test_of_a_published_one_a_unit_reads_its_own_row_with_its_rank(client, county, publish_it):
    one = publish_it()
    client.force_login(county.people["liaison"])

    response = client.get(reverse("reports:published-assessment", args=[one.pk]))

    assert [(name, row.rank) for name, row in scores(response).items()] == [("南旺镇人民政府", 1)]
    assert "县商务局" not in page_of(response).partition("<main")[2]


# --- files ------------------------------------------------------------------------------------------------------------


def lines(response):
    sheet = load_workbook(io.BytesIO(response.getvalue())).active
    return [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]


def test_the_file_has_what_the_page_has(office, county):
    reviews.approve(county.report, by=county.people["office"], quality=4, is_exemplary=True)

    shown = scores(page(office, "q=南旺"))["南旺镇人民政府"]
    told = lines(office.get(f"{reverse('reports:export-assessment')}?q=南旺"))

    assert "按现行标准实时计算，不是公布的结果。" in [line[0] for line in told]
    row = told[-1]
    assert row[:3] == ["乡镇（街道）", 1, "南旺镇人民政府"]
    assert row[3] == pytest.approx(float(shown.total))
    assert row[5::2] == [part.reason for part in shown.parts.values()]
    assert row[4::2] == pytest.approx([float(part.points) for part in shown.parts.values()])
    assert "典型经验1件，每件加1分，加1分" in row


def test_a_units_file_has_its_own_row_and_no_rank(client, county):
    client.force_login(county.people["liaison"])

    told = lines(client.get(reverse("reports:export-assessment")))

    assert told[-1][:2] == ["乡镇（街道）", "南旺镇人民政府"]
    assert not any("县商务局" in map(str, line) for line in told)


def test_a_published_file_has_the_frozen_points(office, county, publish_it):
    one = publish_it()
    complete(county.duty)

    told = lines(office.get(reverse("reports:export-published-assessment", args=[one.pk])))

    assert "公布" in told[2][0]
    rows = one.rows.all()
    assert [line[2] for line in told[-3:]] == [row.unit_name for row in rows]
    assert [line[3] for line in told[-3:]] == pytest.approx([float(row.total) for row in rows])


def test_a_file_without_rows_says_so(office, county):
    told = lines(office.get(f"{reverse('reports:export-assessment')}?as_of=2024-06-01"))

    assert ["没有承担事项的单位，没有得分。"] in told


def test_a_file_of_nonsense_answers_400(office, county):
    assert office.get(f"{reverse('reports:export-assessment')}?as_of=2099-01-01").status_code == 400


def test_a_unit_without_duties_is_not_scored(client, county):
    client.force_login(UserFactory(unit=UnitFactory()))

    response = page(client)

    assert (response.status_code, scores(response)) == (200, {})
    assert "没有承担事项，不计分" in page_of(response)


def test_a_unit_name_that_looks_like_markup_is_shown_as_text(office, county):
    AssignmentFactory(task=county.task, unit=UnitFactory(name="<b>县局</b>"))

    assert "&lt;b&gt;县局&lt;/b&gt;" in page_of(page(office))
