"""The county's own notice of 2024, as Word saves it as text, is read to the letter."""

import json
from pathlib import Path

import pytest

from tasks.imports.meaning.understanding import Register, understand
from tasks.imports.reading.files import read

from .registers import FIXTURES, county_register

NOTICE = Path(__file__).parent / "wenshang-2024.txt"


def fixture():
    return json.loads((FIXTURES / "plan-2024.json").read_text())


def test_the_fixture_is_what_the_importer_makes_of_the_notice():
    proposal = understand(read(NOTICE), 2024, county_register())

    assert proposal.questions == []
    assert proposal.as_plan_data() == fixture()


@pytest.mark.parametrize("code", ["gb18030", "utf-8-sig", "utf-16"])
def test_the_notice_is_read_in_the_codes_that_offices_save_in(tmp_path, code):
    path = tmp_path / "notice.txt"
    path.write_bytes(NOTICE.read_text().replace("\n", "\r\n").encode(code))

    assert understand(read(path), 2024, county_register()).as_plan_data() == fixture()


def test_where_no_name_is_known_each_is_asked_once():
    proposal = understand(read(NOTICE), 2024, Register())

    names = {row_name for row in proposal.rows for row_name in (*row.lead, *row.responsible)}
    assert {question.kind for question in proposal.questions} == {"name"}
    assert sorted(question.key for question in proposal.questions) == sorted(names)
    assert next(q for q in proposal.questions if q.key == "县政府有关部门、单位").proposed == "new-collective:nobody"
