"""What a draft said before it was overwritten is kept, and can be brought back (design: Ways of working)."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from departments.choices import Role
from tasks.models import DraftVersion, ProgressReport
from tasks.models.progress.report import CONTENT_FIELDS
from tasks.services.progress import draft_versions, leader_approval, reports
from tests.factories import AssignmentFactory, ReportFactory, UserFactory
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web.errors import Conflict, Refused

pytestmark = pytest.mark.django_db

ATTESTED = {"attested": True, "attested_name": "保密员甲"}
LONG = "已在县政府门户网站公开政策文件12件，召开新闻发布会2次，回应群众关切30余条。"
PASTED = "关于召开全县春季植树造林工作会议的通知。"


@pytest.fixture
def duty():
    return AssignmentFactory()


@pytest.fixture
def liaison(duty):
    return UserFactory(unit=duty.unit)


@pytest.fixture
def colleague(duty):
    return UserFactory(unit=duty.unit)


def kept(duty):
    """The text of the versions that are kept, the oldest first."""
    return list(DraftVersion.objects.filter(report__assignment=duty).order_by("pk").values_list("text", flat=True))


def save(duty, *texts, by, begin=0):
    """Save one text after the other, as a form in one tab does."""
    for version, text in enumerate(texts, start=begin):
        draft = reports.save_draft(duty, by=by, version=version, text=text)
    return draft


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_words_that_a_colleague_overwrites_are_kept_with_who_wrote_them_and_when(duty, liaison, colleague):
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False):
        reports.save_draft(duty, by=liaison, version=0, text="一稿。", obstacles="人手不足。", claims_completion=True)
    with time_machine.travel("2026-03-02T09:05:00+08:00", tick=False):
        reports.save_draft(duty, by=colleague, version=1, text="二稿。", obstacles="", claims_completion=False)

    version = DraftVersion.objects.get()
    assert draft_versions.words_of(version) == {
        "text": "一稿。",
        "obstacles": "人手不足。",
        "next_steps": "",
        "count": None,
        "claims_completion": True,
        "open_units_note": "",
    }
    assert (version.number, version.by, f"{version.at:%H:%M}", f"{version.kept_at:%H:%M}") == (
        1,
        liaison,
        "01:00",
        "01:05",
    )


def test_who_saves_without_a_change_is_not_taken_for_who_wrote_it(duty, liaison, colleague):
    save(duty, "一稿。", by=liaison)
    save(duty, "一稿。", by=colleague, begin=1)

    assert kept(duty) == []

    save(duty, "二稿。", by=colleague, begin=2)

    assert list(DraftVersion.objects.values_list("text", "by")) == [("一稿。", liaison.pk)]


def test_typing_for_an_hour_keeps_a_version_every_ten_minutes(duty, liaison):
    with time_machine.travel("2026-03-02T09:00:00+08:00", tick=False) as clock:
        for version in range(120):
            reports.save_draft(duty, by=liaison, version=version, text="字" * (version + 1))
            clock.shift(dt.timedelta(seconds=30))

    assert [len(text) for text in kept(duty)] == [20, 40, 60, 80, 100]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PASTED, [LONG]),
        ("", [LONG]),
        (LONG[:2] + LONG[-2:], [LONG]),
        (LONG + PASTED, []),
        (PASTED + LONG, []),
        (LONG[:10] + PASTED + LONG[10:], []),
        (LONG[:-20], []),
    ],
    ids=["pasted over", "emptied", "middle out", "goes on", "before it", "within it", "a few words less"],
)
def test_a_sentence_that_goes_at_once_is_kept_whatever_the_time(duty, liaison, text, expected):
    save(duty, LONG, text, by=liaison)

    assert kept(duty) == expected


def test_a_draft_that_says_nothing_is_not_kept(duty, liaison, colleague):
    reports.save_draft(duty, by=liaison, version=0, text="", claims_completion=True)
    save(duty, "一稿。", by=colleague, begin=1)

    assert kept(duty) == []


def test_the_last_twenty_remain(duty, liaison, colleague):
    save(duty, "第0稿。", by=liaison)
    for version in range(1, 26):
        save(duty, f"第{version}稿。", by=[liaison, colleague][version % 2], begin=version)

    assert kept(duty) == [f"第{number}稿。" for number in range(5, 25)]
    assert DraftVersion.objects.first().number == 25


def test_words_from_before_the_product_kept_who_wrote_them_have_no_name(duty, liaison):
    ReportFactory(assignment=duty, author=liaison, text="旧稿。")

    save(duty, "二稿。", by=liaison, begin=1)

    assert list(DraftVersion.objects.values_list("text", "by")) == [("旧稿。", None)]


def test_a_version_holds_all_that_a_report_says():
    def columns(model):
        return {name: model._meta.get_field(name).deconstruct()[1:] for name in CONTENT_FIELDS}

    assert columns(DraftVersion) == columns(ProgressReport)


# --- when they end ----------------------------------------------------------------------------------------------------


def test_versions_end_with_the_draft(duty, liaison):
    save(duty, LONG, PASTED, by=liaison)

    reports.discard_draft(duty, by=liaison)

    assert DraftVersion.objects.count() == 0


def test_versions_end_with_the_submission(duty, liaison):
    save(duty, LONG, PASTED, by=liaison)

    reports.submit(duty, by=liaison, version=2, text=LONG, **ATTESTED)

    assert DraftVersion.objects.count() == 0


def test_a_refused_submission_leaves_the_versions(duty, liaison):
    save(duty, LONG, PASTED, by=liaison)

    with pytest.raises(Refused, match="保密审查"):
        reports.submit(duty, by=liaison, version=2, text=PASTED, attested=False, attested_name="")

    assert kept(duty) == [LONG]


def test_before_the_leader_versions_remain_and_end_with_the_approval(duty, liaison):
    leader = UserFactory(role=Role.LEADER, unit=duty.unit)
    duty.unit.leader_approves = True
    duty.unit.save()
    save(duty, LONG, PASTED, by=liaison)

    report = reports.submit(duty, by=liaison, version=2, text=PASTED, **ATTESTED)
    assert kept(duty) == [LONG]

    leader_approval.approve(report, by=leader)
    assert kept(duty) == []


# --- bringing back ----------------------------------------------------------------------------------------------------


def test_an_earlier_version_is_the_draft_again_and_what_it_replaces_is_kept(duty, liaison, colleague):
    save(duty, "一稿。", by=liaison)
    save(duty, "二稿。", by=colleague, begin=1)

    draft = reports.bring_back(
        duty, by=liaison, version=2, earlier=DraftVersion.objects.get().pk, text="二稿，又改。", obstacles="无。"
    )

    assert (draft.text, draft.obstacles, draft.written_by) == ("一稿。", "", liaison)
    assert kept(duty) == ["一稿。", "二稿。", "二稿，又改。"]
    assert list(DraftVersion.objects.order_by("pk").values_list("by", flat=True)) == [
        liaison.pk,
        colleague.pk,
        liaison.pk,
    ]
    assert set(draft.writers.all()) == {liaison, colleague}


def test_who_brings_back_without_typing_keeps_the_name_of_who_overwrote(duty, liaison, colleague):
    save(duty, "一稿。", by=liaison)
    save(duty, "二稿。", by=colleague, begin=1)

    reports.bring_back(duty, by=liaison, version=2, earlier=DraftVersion.objects.get().pk, text="二稿。")

    assert DraftVersion.objects.first().text == "二稿。"
    assert DraftVersion.objects.first().by == colleague


def test_the_same_words_are_not_brought_back_twice(duty, liaison):
    save(duty, LONG, PASTED, LONG, by=liaison)
    count = DraftVersion.objects.count()

    draft = reports.bring_back(duty, by=liaison, version=3, earlier=DraftVersion.objects.last().pk, text=LONG)

    assert (draft.text, DraftVersion.objects.count()) == (LONG, count)


def test_the_oldest_of_twenty_is_brought_back_although_the_typed_text_takes_its_place(duty, liaison, colleague):
    save(duty, "第0稿。", by=liaison)
    for version in range(1, 21):
        save(duty, f"第{version}稿。", by=[liaison, colleague][version % 2], begin=version)
    oldest = DraftVersion.objects.last()

    draft = reports.bring_back(duty, by=colleague, version=21, earlier=oldest.pk, text="又写。")

    assert (oldest.text, draft.text) == ("第0稿。", "第0稿。")
    assert kept(duty)[-2:] == ["第20稿。", "又写。"]


def test_a_stale_form_brings_nothing_back(duty, liaison):
    draft = save(duty, LONG, PASTED, by=liaison)

    with pytest.raises(Conflict, match="已在别处修改"):
        reports.bring_back(duty, by=liaison, version=1, earlier=DraftVersion.objects.get().pk, text="又写。")

    draft.refresh_from_db()
    assert (draft.text, draft.version, kept(duty)) == (PASTED, 2, [LONG])


def test_a_version_of_another_draft_is_not_brought_back(duty, liaison):
    other = AssignmentFactory(unit=duty.unit)
    save(other, LONG, PASTED, by=liaison)
    draft = save(duty, "一稿。", by=liaison)

    with pytest.raises(Refused, match="已不存在"):
        reports.bring_back(duty, by=liaison, version=1, earlier=DraftVersion.objects.get().pk, text="又写。")

    draft.refresh_from_db()
    assert (draft.text, draft.version) == ("一稿。", 1)


def test_nothing_is_brought_back_into_a_report_that_awaits_its_leader(duty, liaison):
    UserFactory(role=Role.LEADER, unit=duty.unit)
    duty.unit.leader_approves = True
    duty.unit.save()
    save(duty, LONG, PASTED, by=liaison)
    report = reports.submit(duty, by=liaison, version=2, text=PASTED, **ATTESTED)

    with pytest.raises(Conflict, match="审签"):
        reports.bring_back(duty, by=liaison, version=report.version, earlier=DraftVersion.objects.get().pk, text=LONG)

    report.refresh_from_db()
    assert report.text == PASTED


@pytest.mark.parametrize("role", [Role.LEADER, Role.OFFICE, Role.REVIEWER, Role.AUDITOR])
def test_only_the_units_writers_bring_back(duty, liaison, role):
    draft = save(duty, LONG, PASTED, by=liaison)
    earlier = DraftVersion.objects.get().pk

    for by in (UserFactory(role=role, unit=duty.unit), UserFactory()):
        with pytest.raises(PermissionDenied):
            reports.bring_back(duty, by=by, version=2, earlier=earlier, text=PASTED)

    draft.refresh_from_db()
    assert draft.text == PASTED


def test_bringing_back_is_told_without_the_words(duty, liaison):
    draft = save(duty, LONG, PASTED, by=liaison)

    reports.bring_back(duty, by=liaison, version=2, earlier=DraftVersion.objects.get().pk, text=PASTED)

    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.actor_id, entry.detail) == ("恢复早先的草稿", liaison.pk, {"report": draft.pk})
