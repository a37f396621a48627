"""Pages for importing units and people, and the first sign-in afterwards."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from departments.choices import Role
from departments.models import UnitImport, User
from departments.services import unit_imports
from tests.departments.registers import PERSON, register_file
from tests.factories import UserFactory
from tests.pages import page_of
from wenshang_disclosure.files import uses

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client):
    person = UserFactory(role=Role.OFFICE)
    client.force_login(person)
    return person


@pytest.fixture
def administrator(client):
    person = UserFactory(role=Role.OFFICE, is_staff=True)
    client.force_login(person)
    return person


def send(client, file=None, name="名册.xlsx"):
    content = (file or register_file()).read()
    return client.post(reverse("departments:import"), {"upload": SimpleUploadedFile(name, content)})


def at(name):
    return reverse(f"departments:{name}", args=[UnitImport.objects.get().pk])


def file_of(response):
    return load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def test_from_the_template_to_slips(client, administrator):
    assert file_of(client.get(reverse("departments:import-template"))).sheetnames[0] == "单位"
    send(client)
    looked = page_of(client.get(at("import-file")))
    assert not User.objects.filter(name="甲联络").exists()
    taken = page_of(client.post(at("import-take"), follow=True))
    slip = client.post(at("import-passwords"))
    again = client.post(at("import-passwords"))

    assert "新增1个单位、1名人员" in looked
    assert "已登记1个单位、1名人员。" in taken
    assert all(word in page_of(slip) for word in ("甲联络", "县司法局", "13800000001"))
    assert "no-store" in slip.headers["Cache-Control"]
    assert again.status_code == 422
    assert "一次性密码只能发放一次" in page_of(again)
    ((person, password),) = slip.context["given"]
    assert User.objects.get(name="甲联络").check_password(password)


def test_an_office_account_is_shown_no_password(client, clerk):
    send(client)
    client.post(at("import-take"))

    page, refused = client.get(at("import-file")), client.post(at("import-passwords"))

    assert "请系统管理员在本页发放" in page_of(page)
    assert refused.status_code == 403
    assert not User.objects.get(name="甲联络").has_usable_password()


def test_wrong_rows_are_listed_and_nothing_can_be_taken(client, clerk):
    send(client, register_file(people=[PERSON, ["乙", "县不存在局", "联络员"], ["", "县司法局", "联络员"]]))

    page = page_of(client.get(at("import-file")))
    refused = client.post(at("import-take"))

    assert "“人员”表第3行</strong>：名录中没有“县不存在局”" in page
    assert "“人员”表第4行</strong>：没有填写姓名。" in page
    assert "写入名录" not in page
    assert refused.status_code == 422
    assert not User.objects.filter(name="甲联络").exists()


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"PK\x03\x04 rubbish"])
def test_a_file_that_cannot_be_read_is_named_on_the_form(client, clerk, content):
    response = send(client, io.BytesIO(content), "坏.xlsx")

    assert response.status_code == 422
    assert "“坏.xlsx”：文件" in page_of(response)
    assert not UnitImport.objects.exists()


def test_too_big_a_file_is_refused(client, clerk):
    assert "超过5 MB" in page_of(send(client, io.BytesIO(b"x" * (uses.REGISTERS.max_bytes + 1))))


def test_a_given_password_has_to_be_changed_first(client, clerk):
    kept = unit_imports.keep({"units": [], "people": [], "errors": []}, "x", by=clerk)
    person = UserFactory(must_change_password=True)
    kept.made.add(person)
    client.force_login(person)

    sent_away = client.get(reverse("tasks:assignments"))
    by_htmx = client.get(reverse("tasks:assignments"), headers={"HX-Request": "true"})
    page = client.get(reverse("departments:password"))

    assert sent_away.url == reverse("departments:password")
    assert by_htmx.headers["HX-Redirect"] == reverse("departments:password")
    assert "您使用的是初始密码" in page_of(page)


def change(client, new):
    old = "test-password-1"
    fields = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post(reverse("departments:password"), fields)


def test_once_changed_everything_is_open(client):
    person = UserFactory(must_change_password=True)
    client.force_login(person)

    same = change(client, "test-password-1")
    changed = change(client, "another-pass-22")

    person.refresh_from_db()
    assert same.status_code == 422
    assert "不能与初始密码相同" in page_of(same)
    assert changed.status_code == 302
    assert not person.must_change_password
    assert client.get(reverse("tasks:tasks")).status_code == 200


def test_a_password_that_the_administrator_gives_is_shown_once_and_has_to_be_changed(client, administrator):
    person = UserFactory()
    page = reverse("departments:give-password", args=[person.pk])

    asked, slip = client.get(page), client.post(page)

    person.refresh_from_db()
    assert asked.status_code == 200
    assert person.must_change_password
    assert person.check_password(slip.context["given"][0][1])
    assert slip.context["given"][0][1] in page_of(slip)


@pytest.mark.parametrize("about", [{"is_staff": True, "role": Role.OFFICE}, None])
def test_an_administrators_password_is_not_given_in_the_pages_nor_ones_own(client, administrator, about):
    person = UserFactory(**about) if about else administrator

    refused = client.post(reverse("departments:give-password", args=[person.pk]))

    person.refresh_from_db()
    assert refused.status_code == 403
    assert not person.must_change_password
