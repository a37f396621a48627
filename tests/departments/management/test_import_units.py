"""`manage.py import_units`."""

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from departments.choices import Role
from departments.models import Unit, User
from tests.departments.registers import register_file
from tests.factories import UserFactory
from tests.made_files import office

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return UserFactory(role=Role.OFFICE, is_staff=True)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "名册.xlsx"
    path.write_bytes(register_file().read())
    return path


def test_it_registers_and_writes_passwords(clerk, file, tmp_path, capsys):
    call_command("import_units", str(file), passwords=tmp_path / "p.xlsx")

    sheet = load_workbook(tmp_path / "p.xlsx").active
    last = [cell.value for cell in sheet[sheet.max_row]]
    assert "units: 1 new" in capsys.readouterr().out
    assert User.objects.get(name="甲联络").check_password(last[4])
    assert (tmp_path / "p.xlsx").stat().st_mode & 0o077 == 0


def test_a_dry_run_writes_nothing(clerk, file):
    call_command("import_units", str(file), dry_run=True)

    assert not Unit.objects.filter(name="县司法局").exists()


def test_wrong_rows_end_with_three(clerk, tmp_path, capsys):
    path = tmp_path / "a.xlsx"
    path.write_bytes(register_file(people=[["甲", "县不存在局", "联络员"]]).read())

    with pytest.raises(CommandError) as ended:
        call_command("import_units", str(path))

    assert ended.value.returncode == 3
    assert "! 人员表第2行：名录中没有“县不存在局”" in capsys.readouterr().out
    assert not Unit.objects.filter(name="县司法局").exists()


def test_an_unreadable_file_ends_with_two(clerk, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"rubbish")

    with pytest.raises(CommandError) as ended:
        call_command("import_units", str(tmp_path / "a.xlsx"))

    assert ended.value.returncode == 2


def test_what_the_page_would_not_take_is_refused(clerk, file, tmp_path, settings):
    (tmp_path / "宏.xlsx").write_bytes(office("xlsx", **{"xl/vbaProject.bin": b"x"}))

    with pytest.raises(CommandError, match="“宏.xlsx”含有宏") as macros:
        call_command("import_units", str(tmp_path / "宏.xlsx"))
    settings.CLAMAV_SOCKET = str(tmp_path / "nobody.sock")
    with pytest.raises(CommandError, match="病毒扫描服务暂时不可用") as unscanned:
        call_command("import_units", str(file))

    assert (macros.value.returncode, unscanned.value.returncode) == (2, 2)
    assert not Unit.objects.filter(name="县司法局").exists()
