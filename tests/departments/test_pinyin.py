"""Search keys of names, and that they follow the names."""

import pytest

from departments.models import Alias, Unit
from departments.pinyin import as_letters, search_key
from departments.services import register, unit_imports, units
from tests.factories import UnitFactory, UserFactory


def found_by(name, letters):
    return f" {letters}" in search_key(name)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("县商务局", "xswj"),
        ("县商务局", "swj"),
        ("县商务局", "xianshangwu"),
        ("县商务局", "shangwu"),
        ("县住建局", "zjj"),
        ("县住建局", "zhujianju"),
        ("长沟镇人民政府", "changgou"),
        ("长沟镇人民政府", "zhanggou"),
        ("重坊镇", "zhongfang"),
        ("重坊镇", "chongfang"),
        ("县行政审批服务局", "xzsp"),
        ("县绿化委员会", "lvhua"),
        ("县大数据中心（A1区）", "zxa1q"),
        ("县住房和城乡建设局", "zhufanghechengxiang"),
    ],
)
def test_found_from_any_syllable_on(name, letters):
    assert found_by(name, letters)


@pytest.mark.parametrize("letters", ["ian", "hangwu", "uju", "xs wj", "县"])
def test_not_found_from_within_a_syllable(letters):
    assert not found_by("县商务局", letters)


def test_a_name_that_could_be_read_in_very_many_ways_is_read_as_usual():
    key = search_key("和" * 40)

    assert " hehehe" in key
    assert len(key) < 3000


@pytest.mark.parametrize(
    ("typed", "letters"),
    [
        ("zjj", "zjj"),
        ("ZJJ", "zjj"),
        ("ＺＪＪ", "zjj"),
        ("xi'an", "xian"),
        ("lü", "lv"),
        ("住建", ""),
        ("zj局", ""),
        ("%", ""),
        ("", ""),
    ],
)
def test_what_counts_as_letters(typed, letters):
    assert as_letters(typed) == letters


# --- kept with the name -----------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def key_of(model, name):
    return model.objects.values_list("search_key", flat=True).get(name=name)


def test_saving_and_renaming_keep_the_key():
    unit = UnitFactory(name="县商务局", short_name="商务局")
    assert " xswj" in key_of(Unit, "县商务局")

    units.rename(unit, "县投资促进局", by=UserFactory(role="office"))

    assert " tzcj" in key_of(Unit, "县投资促进局")
    assert " xswj" in key_of(Alias, "县商务局")


def test_a_change_of_the_short_name_alone_reaches_the_key():
    unit = UnitFactory(name="县商务局")
    unit.short_name = "招商局"

    unit.save(update_fields=["short_name"])

    assert " zsj" in key_of(Unit, "县商务局")


def test_writing_many_at_once_fills_the_keys():
    unit = UnitFactory()
    Alias.objects.bulk_create(Alias(name=name, unit=unit) for name in ("县住建局", "县房管局"))
    assert " zjj" in key_of(Alias, "县住建局")

    alias = Alias.objects.get(name="县房管局")
    alias.name = "县公房局"
    Alias.objects.bulk_update([alias], ["name"])

    assert " gfj" in key_of(Alias, "县公房局")


def test_the_register_brings_the_keys():
    register.load([{"name": "县住房和城乡建设局", "kind": "department", "aliases": ["县住建局"]}], [])

    assert " zfhcxjsj" in key_of(Unit, "县住房和城乡建设局")
    assert " zjj" in key_of(Alias, "县住建局")


def test_a_file_of_units_brings_the_keys():
    row = {
        "row": 2,
        "name": "县大数据局",
        "aliases": ["县数据中心"],
        "short_name": "",
        "kind": "department",
        "division_code": "",
        "order": None,
    }
    office = UserFactory(role="office")
    kept = unit_imports.keep({"units": [row], "people": [], "errors": []}, "名册.xlsx", by=office)

    unit_imports.take(kept, by=office)

    assert " dsjj" in key_of(Unit, "县大数据局")
    assert " xsjzx" in key_of(Alias, "县数据中心")


def test_the_office_changes_a_short_name(client):
    unit = UnitFactory(name="县商务局")
    client.force_login(UserFactory(role="office"))
    form = {"name": "县商务局", "short_name": "招商局", "kind": "department", "aliases": "县外贸局"}

    response = client.post(f"/units/{unit.pk}/edit/", form)

    assert response.status_code == 302
    assert " zsj" in key_of(Unit, "县商务局")
    assert " wmj" in key_of(Alias, "县外贸局")
