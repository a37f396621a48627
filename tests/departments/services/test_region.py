"""The names of the region: who enters them, what is made of what is left blank, and what is refused."""

import base64

import pytest
from django.core.exceptions import PermissionDenied

from departments.models import Collective, CollectiveAlias
from departments.services import region as service
from tests.factories import PlanFactory, UserFactory
from tests.made_files import EXE, png_upload, upload
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core import region
from wenshang_disclosure.core.models import Region
from wenshang_disclosure.core.web.errors import Refused

pytestmark = pytest.mark.django_db
NAMES = ("name", "level", "government", "government_short", "office", "office_short", "system_name", "document_code")


@pytest.fixture
def administrator():
    return UserFactory(role="office", is_staff=True)


def test_what_is_left_blank_is_named_by_name_and_level(administrator):
    saved = service.save(by=administrator, name="任城区", level="district")

    assert [getattr(saved, name) for name in (*NAMES, "whole", "short_system", "system_front")] == [
        "任城区",
        "district",
        "任城区人民政府",
        "区政府",
        "任城区人民政府办公室",
        "区政府办公室",
        "任城区政务公开任务督办",
        "",
        "全区",
        "政务公开任务督办",
        "任城区",
    ]
    assert AuditEntry.objects.latest("pk").act == "修改地区与机关名称"


def test_sentences_take_the_new_names_at_once(administrator):
    said = region.worded("由{office_short}办理，{whole}统一，如{code}〔2024〕8号")
    before = f"{said}"

    service.save(by=administrator, name="任城区", level="district", document_code="任政办字")

    assert (before, f"{said}") == (
        "由县政府办公室办理，全县统一，如汶政办字〔2024〕8号",
        "由区政府办公室办理，全区统一，如任政办字〔2024〕8号",
    )


def test_collectives_follow_the_level_and_are_still_known_by_their_former_name(administrator):
    everybody = Collective.objects.create(name="县政府各部门、单位", kinds=["department"])
    towns = Collective.objects.create(name="各乡镇（街道）人民政府（办事处）", kinds=["town"])

    service.save(by=administrator, name="任城区", level="district")

    assert list(Collective.objects.order_by("pk")) == [everybody, towns]
    assert list(Collective.objects.order_by("pk").values_list("name", flat=True)) == [
        "区政府各部门、单位",
        "各乡镇（街道）人民政府（办事处）",
    ]
    assert list(CollectiveAlias.objects.values_list("name", "collective")) == [("县政府各部门、单位", everybody.pk)]


def test_another_level_after_an_issue_has_to_be_confirmed(administrator):
    service.save(by=administrator, name="汶上县", level="county")
    PlanFactory(year=2024)
    wanted = {"name": "汶上市", "level": "city"}

    with pytest.raises(Refused) as refusal:
        service.save(by=administrator, **wanted)
    saved = service.save(by=administrator, confirmed=True, **wanted)

    assert (refusal.value.field, str(refusal.value)) == (
        "level",
        "2024年分解表已经印发：表中的文字和单位不变，页面、通知今后改用新的称呼。"
        "级别改为“市”的，请勾选“确认变更级别”后再保存。",
    )
    assert saved.office == "汶上市人民政府办公室"


def test_a_logo_is_made_small(administrator):
    saved = service.save(by=administrator, name="汶上县", level="county", upload=png_upload("徽标.png"))

    assert base64.b64decode(saved.logo).startswith(b"\x89PNG")
    assert saved.logo_address == f"/region/logo/?v={saved.version}"


def test_a_logo_that_is_no_picture_is_refused_beside_its_field(administrator):
    with pytest.raises(Refused) as refusal:
        service.save(by=administrator, name="汶上县", level="county", upload=upload("徽标.png", EXE))

    assert refusal.value.field == "upload"
    assert str(refusal.value) == "“徽标.png”不是图片，或者已损坏。请选择 PNG、JPG、WEBP 格式的徽标图片。"
    assert not Region.objects.exists()


def test_the_office_without_an_administrator_does_not_name_the_region():
    with pytest.raises(PermissionDenied):
        service.save(by=UserFactory(role="office"), name="汶上县", level="county")


def test_names_that_were_entered_are_not_loaded_over(administrator):
    service.save(by=administrator, name="任城区", level="district")

    assert not service.load({"name": "汶上县", "level": "county"})
    assert Region.objects.get().name == "任城区"
