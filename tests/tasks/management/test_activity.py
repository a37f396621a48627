"""The pieces that demo years are made of."""

import datetime
import json
import zlib
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from tasks.management.demo import texts
from tasks.management.demo.activity import small_pdf, small_png, workday
from wenshang_disclosure.files.inspection.judging import judge

ROWS = [
    row["requirement"]
    for part in json.loads((Path(settings.BASE_DIR) / "fixtures" / "plan-2024.json").read_text())["parts"]
    for section in part["sections"]
    for row in section["tasks"]
]
TEMPLATES = [
    *(template for templates in (texts.PLAIN, texts.CLAIM) for kind in templates.values() for template in kind),
    *filter(None, texts.OBSTACLES + texts.NEXT_STEPS),
    *texts.RETURNS,
    *texts.LINK_TITLES,
    texts.LINK_WANTED,
    texts.OPEN_UNITS,
]


@pytest.mark.parametrize("requirement", ROWS)
def test_every_row_of_the_2024_table_has_a_topic_of_its_own_kind(requirement):
    assert texts.topic_of(requirement) != texts.ANYTHING


def test_a_row_nobody_thought_of_still_reads_well():
    assert texts.topic_of("从未见过的要求") == ("相关政务公开信息", texts.Kind.PUBLISH)


@pytest.mark.parametrize(
    ("number", "topic"),
    [(47, "政策问答平台和知识库"), (52, "政务公开专区规范升级"), (53, "政务公开品牌专区"), (59, "政务公开宣传稿件")],
)
def test_a_row_that_mentions_another_rows_word_keeps_its_own_topic(number, topic):
    assert texts.topic_of(ROWS[number - 1])[0] == topic


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_begins_with_the_mark_and_leaves_no_gap(template):
    text = texts.fill(template, unit="中都街道", topic="消费支持政策", month=9, n=12, m=3)

    assert text.startswith("【演示】")
    assert not {"{", "}"} & set(text)


@pytest.mark.parametrize(
    ("day", "step", "expected"),
    [("2024-06-28", 1, "2024-06-28"), ("2024-06-30", 1, "2024-07-01"), ("2024-06-30", -1, "2024-06-28")],
)
def test_steps_are_taken_on_working_days(day, step, expected):
    assert workday(datetime.date.fromisoformat(day), step=step) == datetime.date.fromisoformat(expected)


def test_the_small_pdf_points_to_its_own_objects():
    content = small_pdf("DEMO")

    start = int(content.split(b"startxref\n")[1].split()[0])
    table = content[start:].split(b"trailer")[0].splitlines()[3:]
    assert [content[int(line[:10]) :][:7] for line in table] == [b"%d 0 obj" % n for n in range(1, len(table) + 1)]


def test_the_small_png_holds_every_line_of_the_picture():
    content = small_png(width=30, height=20)

    length = int.from_bytes(content[33:37], "big")
    assert len(zlib.decompress(content[41 : 41 + length])) == 20 * (1 + 30 * 3)


@pytest.mark.parametrize(
    ("content", "name", "content_type"),
    [(small_pdf("DEMO"), "a.pdf", "application/pdf"), (small_png(), "a.png", "image/png")],
)
def test_the_small_files_are_what_their_names_say(content, name, content_type):
    assert judge(ContentFile(content), name).content_type == content_type
