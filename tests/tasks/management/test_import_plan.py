"""`manage.py import_plan`: what it prints, writes and ends with."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tasks.models import Plan
from tests.made_files import EXE
from tests.tasks.imports.makers import docx_file

pytestmark = pytest.mark.django_db
NOTICE = Path("tests/tasks/imports/wenshang-2024.txt")
HEAD = ["任务", "牵头单位", "时限"]


@pytest.fixture
def register():
    call_command("load_units", verbosity=0)


def run(capsys, *arguments, **options):
    capsys.readouterr()
    call_command("import_plan", *map(str, arguments), **options)
    return capsys.readouterr().out


def test_the_counties_notice_is_printed_as_json_and_not_written(register, capsys):
    printed = json.loads(run(capsys, NOTICE, "--year", 2024, "--dry-run", "--json"))

    assert printed["questions"] == []
    assert printed["plan"]["document_number"] == "汶政办字〔2024〕8号"
    assert len(printed["tasks"]) == 54
    assert printed["tasks"][46]["lead"] == ["县政府办公室"]
    assert printed["tasks"][52] | {"requirement": ""} == {
        "number": 53,
        "part": "五、持续提高公开平台建管水平",
        "section": "（十二）务实推进政务公开专区特色化建设",
        "lead": ["县政府办公室"],
        "responsible": ["县政府有关部门、单位", "各乡镇（街道）人民政府（办事处）"],
        "requirement": "",
        "deadline": "7月底前",
        "due_on": "2024-07-31",
        "recurrence": None,
        "recurrence_day": None,
        "target_count": None,
        "lead_from_cell_above": True,
        "responsible_from_cell_above": False,
    }
    assert not Plan.objects.exists()


def test_it_writes_a_draft_and_the_second_time_updates_it(register, capsys):
    run(capsys, NOTICE, "--year", 2024)
    plan = Plan.objects.get()
    run(capsys, NOTICE, "--year", 2024)

    assert Plan.objects.get() == plan
    assert (plan.state, plan.tasks.count()) == ("draft", 59)


def test_questions_end_with_three_and_nothing_is_written(capsys):
    with pytest.raises(CommandError) as ended:
        run(capsys, NOTICE, "--year", 2024, "--json")

    assert ended.value.returncode == 3
    assert len(json.loads(capsys.readouterr().out)["questions"]) == 28
    assert not Plan.objects.exists()


def test_a_file_that_cannot_be_read_ends_with_two_and_its_name(tmp_path, capsys):
    (tmp_path / "坏.docx").write_bytes(b"PK\x03\x04 rubbish")

    with pytest.raises(CommandError, match="坏.docx：文件已损坏") as ended:
        run(capsys, tmp_path / "坏.docx", "--year", 2024)
    with pytest.raises(CommandError) as missing:
        run(capsys, tmp_path / "没有.docx", "--year", 2024)

    assert (ended.value.returncode, missing.value.returncode) == (2, 2)


def test_what_the_page_would_not_take_is_refused(tmp_path, capsys, settings):
    (tmp_path / "程序.docx").write_bytes(EXE)
    settings.CLAMAV_SOCKET = str(tmp_path / "nobody.sock")

    with pytest.raises(CommandError, match="“程序.docx”是程序") as program:
        run(capsys, tmp_path / "程序.docx", "--year", 2024)
    with pytest.raises(CommandError, match="病毒扫描服务暂时不可用") as unscanned:
        run(capsys, NOTICE, "--year", 2024)

    assert (program.value.returncode, unscanned.value.returncode) == (2, 2)


def test_an_issued_plan_is_not_imported_into(register, capsys):
    run(capsys, NOTICE, "--year", 2024)
    Plan.objects.update(state="issued")

    with pytest.raises(CommandError, match="issued already") as ended:
        run(capsys, NOTICE, "--year", 2024)

    assert ended.value.returncode == 1


def test_each_line_names_what_is_asked_and_where(register, tmp_path, capsys):
    path = docx_file(tmp_path / "a.docx", [HEAD, ["公开文件。", "县住建委", "尽快"]])

    with pytest.raises(CommandError, match="2 questions"):
        run(capsys, path, "--year", 2024)

    assert capsys.readouterr().out.splitlines()[-2:] == [
        "? “县住建委”不在单位名录中。（第1个表格第2行）",
        "? 完成时限“尽快”无法确定是哪一天。（第1个表格第2行）",
    ]
