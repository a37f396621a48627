"""Each row of the table in docs/files.md holds for the files that were made for it."""

import io
import re

import pytest

from tests.files.inspection.cases import CASES
from wenshang_disclosure.core.sandbox import ROOT
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.files.inspection.judging import judge

ROW = re.compile(r"^\| ([A-Z]\d+) \|.*\| (不能上传|可以上传(?:，标“(.*)”)?) \|$", re.MULTILINE)
ROWS = {row: (said, mark) for row, said, mark in ROW.findall((ROOT / "docs/files.md").read_text(encoding="utf-8"))}
EVERY = [pytest.param(row, *file, id=f"{row}-{number}") for row in CASES for number, file in enumerate(CASES[row])]


def test_every_row_has_its_files():
    assert list(ROWS) == list(CASES)
    assert all(CASES.values())


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("row", "name", "content"), EVERY)
def test_the_row_holds(row, name, content):
    said, mark = ROWS[row]

    try:
        found = judge(io.BytesIO(content), name).marks
    except Refused as refusal:
        found = "不能上传"
        assert f"“{name}”" in str(refusal)  # noqa: PT017 - a refusal is one of two answers

    assert found == (said if said == "不能上传" else (mark,) if mark else ())
