"""`manage.py load_region`."""

import json

import pytest
from django.core.management import CommandError, call_command

from departments.models import Unit
from wenshang_disclosure.core.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    def written(**names):
        path = tmp_path / "names.json"
        path.write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")
        return str(path)

    return written


def test_names_are_loaded_once(file, capsys):
    names = {"name": "任城区", "level": "district", "office_short": "区政府办公室"}

    call_command("load_region", file(**names))
    call_command("load_region", file(**{**names, "name": "兖州区"}))

    region = Region.objects.get()
    assert (region.name, region.whole, region.office_short) == ("任城区", "全区", "区政府办公室")
    assert capsys.readouterr().out.splitlines() == ["region: loaded", "region: has names already"]


def test_a_name_that_there_is_not_is_said(file):
    with pytest.raises(CommandError, match="motto"):
        call_command("load_region", file(name="任城区", motto="好"))

    assert not Region.objects.exists()


def test_an_installation_begins_with_the_collectives_alone():
    call_command("load_units", only_collectives=True, verbosity=0)

    assert not Unit.objects.exists()
