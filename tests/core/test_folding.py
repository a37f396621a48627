"""Folding: what search compares, and the folded text that every writer keeps."""

import sys

import pytest
from django.core.management import call_command

from tasks.models import Evidence, ProgressReport, Task
from tests.factories import EvidenceFactory, ReportFactory, TaskFactory
from wenshang_disclosure.core.folding import fold, matches

ALIKE = [
    ("１２３４５热线", "12345热线"),
    ("ＡＢＣ计划", "abc计划"),
    ("〔2024〕8号", "[2024]8号"),
    ("〔2024〕8号", "(2024)8号"),
    ("〔2024〕8号", "（2024）8号"),
    ("〔2024〕8号", "【２０２４】8号"),
    ("“一件事”", '"一件事"'),
    ("“一件事”", "「一件事」"),
    ("《条例》", "〈條例〉"),
    ("政務公開", "政务公开"),
    ("發展和改革", "发展和改革"),
    ("臺灣", "台湾"),
    ("2024—2025", "2024-2025"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_is_alike_folds_to_the_same(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("(", ")"), ("公开", "公示"), ("8号", "9号"), ("“", "(")])
def test_what_differs_stays_apart(one, other):
    assert fold(one) != fold(other)


def test_folding_twice_changes_nothing():
    characters = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]

    assert [one for one in characters if fold(fold(one)) != fold(one)] == []


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("办好１２３４５热线。", ["12345热线"], ["１２３４５热线"]),
        ("推進政務公開", ["政务公开"], ["政務公開"]),
        ("汶政办〔2024〕8号", ["[2024]8"], ["〔2024〕8"]),
        ("面积5㎡以上", ["m2"], ["㎡"]),
        ("面积5㎡以上", ["5m"], ["5㎡"]),
        ("㎡", ["m", "2"], ["㎡"]),
        ("政务\u200b公开", ["政务公开"], ["政务\u200b公开"]),
        ("公开公开", ["公开"], ["公开", "公开"]),
        ("公开", ["", "\u200b"], []),
    ],
)
def test_places_are_those_of_the_original_text(text, words, marked):
    assert [text[start:end] for start, end in matches(text, words)] == marked


# --- writers ----------------------------------------------------------------------------------------------------------


def write_by_save(one, name):
    setattr(one, name, "政務")
    one.save()


def write_by_update_fields(one, name):
    setattr(one, name, "政務")
    one.save(update_fields=[name])


def write_by_bulk_update(one, name):
    setattr(one, name, "政務")
    type(one).objects.bulk_update([one], [name])


def write_by_update(one, name):
    type(one).objects.filter(pk=one.pk).update(**{name: "政務"})


@pytest.mark.django_db
@pytest.mark.parametrize("write", [write_by_save, write_by_update_fields, write_by_bulk_update, write_by_update])
@pytest.mark.parametrize(
    ("factory", "name"),
    [
        (TaskFactory, "requirement"),
        *((ReportFactory, name) for name in ProgressReport.SEARCHED),
        *((EvidenceFactory, name) for name in Evidence.SEARCHED),
    ],
)
def test_every_way_of_writing_keeps_the_folded_text(factory, name, write):
    one = factory()

    write(one, name)

    one.refresh_from_db()
    assert one.folded.split("\n")[one.SEARCHED.index(name)] == "政务"


@pytest.mark.django_db
def test_an_update_of_text_that_the_filter_names_is_folded():
    task = TaskFactory(requirement="政務")

    assert Task.objects.filter(requirement="政務").update(requirement="公開") == 1

    task.refresh_from_db()
    assert task.folded == "公开"


@pytest.mark.django_db
def test_rows_written_at_once_are_folded():
    one = TaskFactory()
    made = Task(plan=one.plan, section=one.section, number=900, requirement="政務公開")

    Task.objects.bulk_create(iter([made]))

    assert Task.objects.get(number=900).folded == "政务公开"


@pytest.mark.django_db
def test_the_command_folds_what_was_written_past_the_models(capsys):
    task = TaskFactory(requirement="政務公開")
    TaskFactory()
    Task.objects.filter(pk=task.pk).update(folded="")

    call_command("fold_texts")

    task.refresh_from_db()
    assert task.folded == "政务公开"
    assert "任务：1" in capsys.readouterr().out
