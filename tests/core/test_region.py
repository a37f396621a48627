"""The names of the region stand on each page, are never stale, and stand nowhere in code."""

import re
import subprocess

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from wenshang_disclosure.core import region
from wenshang_disclosure.core.models import Region
from wenshang_disclosure.core.web import outages

NAMED = re.compile("汶上|汶政|县政府|县人民政府|全县|本县|县级")
READS_TABLES = "tasks/imports/"  # knows what other people's tables call any region
MAY_NAME = re.compile(r"migrations/|management/demo/|load_demo|core/region\.py|departments/(forms|services)/region\.py")


def test_neither_code_nor_templates_name_the_county_or_its_office():
    tracked = ["git", "ls-files", "-z", "*.py", "*.html", "*.txt", "*.js", "*.sh", "*.conf", "*.example"]
    listed = subprocess.run(tracked, capture_output=True, text=True, check=True, cwd=settings.BASE_DIR).stdout
    files = [name for name in listed.split("\0") if name and not name.startswith(("tests/", READS_TABLES))]

    found = [
        f"{name}:{number}"
        for name in files
        if not MAY_NAME.search(name)
        for number, line in enumerate((settings.BASE_DIR / name).read_text(encoding="utf-8").splitlines(), start=1)
        if NAMED.search(line)
    ]

    assert len(files) > 500
    assert found == []


@pytest.fixture
def district(db):
    names = region.usual_names("任城区", region.Level.DISTRICT)
    return Region.objects.create(pk=1, name="任城区", level="district", version=1, **names)


def test_every_page_names_the_region(client, district):
    page = client.get(reverse("departments:sign-in")).content.decode()

    assert "<title>登录 · 任城区政务公开任务督办</title>" in page
    assert "任城区人民政府办公室 · 政务公开任务督办" in page
    assert "汶上" not in page


def reads(client, address):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(address)
    said = [query["sql"] for query in asked]
    return sum('FROM "core_region"' in sql and "departments_usersession" not in sql for sql in said)


def test_a_page_reads_the_names_once_and_then_only_where_they_changed(client, county, district):
    client.force_login(county.people["office"])
    address = reverse("tasks:worklist")

    found = [reads(client, address), reads(client, address)]
    Region.objects.update(version=2, office="任城区人民政府办公厅")
    page = client.get(address).content.decode()

    assert found == [1, 0]
    assert "任城区人民政府办公厅" in page


def test_error_pages_name_the_system_without_the_database(client, district):
    request = client.get(reverse("departments:sign-in")).wsgi_request

    with CaptureQueriesContext(connection) as asked:
        page = outages.answer(request, outages.AWAY, OSError()).content.decode()

    assert ("任城区政务公开任务督办" in page, len(asked)) == (True, 0)


@pytest.mark.django_db
def test_static_pages_are_filled_in_at_install(capsys):
    Region.objects.create(pk=1, name="甲&乙区", **region.usual_names("甲&乙区", "district"))

    call_command("show_region", "system_name")

    assert capsys.readouterr().out == "甲&amp;乙区政务公开任务督办\n"
