"""`manage.py doctor` names what is wrong with an installation of each kind, and what to type."""

import json
import shutil
import socket
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from tests.factories import JobFactory, OutgoingMailFactory
from wenshang_disclosure.audit import chain
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.audit.trail import entry
from wenshang_disclosure.ops.doctor import examination
from wenshang_disclosure.ops.doctor.examination import FAULT, GOOD, WARNING

from .test_health import failing, without_static_files

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _well(settings, evidence_folder, tmp_path):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://localhost", ["localhost"]
    settings.BACKUP_PASSPHRASE = "long enough for this test"
    settings.DATA_DIR = tmp_path
    backup_taken(timezone.now())


def backup_taken(at):
    made = entry(Kind.SYSTEM, "备份")
    made.at = at
    chain.sign([made])
    AuditEntry.objects.bulk_create([made])


def found(subject):
    [finding] = [one for one in examination.examine() if one.subject == subject]
    return finding


def test_a_sound_installation_has_no_faults():
    findings = examination.examine()

    assert [one for one in findings if one.level == FAULT] == []
    subjects = {one.subject for one in findings}
    assert subjects >= {"数据库", "数据库结构", "静态文件", "主机名", "时间", "磁盘", "邮件", "备份"}


def test_a_database_that_is_away_is_named_and_the_rest_is_examined(monkeypatch):
    monkeypatch.setattr(connection, "cursor", failing(DatabaseError("connection\nrefused")))

    findings = examination.examine()

    assert (findings[0].level, findings[0].says) == (FAULT, "连接不上：connection refused")
    assert "备份" not in {one.subject for one in findings}
    assert "磁盘" in {one.subject for one in findings}


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_a_missing_extension_is_a_warning():
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION IF EXISTS pg_trgm CASCADE")

    assert found("数据库扩展").level == WARNING
    assert "CREATE EXTENSION pg_trgm" in found("数据库扩展").command


def test_migrations_that_were_not_run_are_named(monkeypatch):
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda self, targets: [("tasks.0002", False)])

    assert (found("数据库结构").level, found("数据库结构").command) == (FAULT, "wenshang migrate")


@pytest.mark.parametrize(("minutes", "says"), [(9, []), (11, ["有1项后台任务等候超过10分钟，没有程序办理。"])])
def test_background_work_that_nobody_takes_up_is_named(minutes, says):
    JobFactory(due_at=timezone.now() - timedelta(minutes=minutes))

    assert [one.says for one in examination.examine() if one.subject == "后台任务"] == says


def test_static_files_that_were_not_collected_are_named(settings, tmp_path):
    without_static_files(settings, tmp_path)

    assert found("静态文件").level == FAULT
    assert "collectstatic" in found("静态文件").command


@pytest.mark.parametrize(
    ("address", "hosts", "level"),
    [
        ("https://duban.example.gov.cn", ["other.example.gov.cn"], FAULT),
        ("https://nowhere.invalid", ["nowhere.invalid"], WARNING),
        ("", ["localhost"], WARNING),
        ("https://localhost", ["*"], GOOD),
    ],
)
def test_host_names_that_do_not_fit_are_named(settings, address, hosts, level):
    settings.SITE_URL, settings.ALLOWED_HOSTS = address, hosts

    assert found("主机名").level == level


def test_a_clock_before_the_last_entry_is_named():
    backup_taken(timezone.now() + timedelta(hours=2))

    assert found("时间").level == FAULT
    assert "可能被调慢" in found("时间").says


def test_a_full_disk_is_named(settings):
    settings.DISK_LEAST_FREE_MB = shutil.disk_usage("/").total

    assert found("磁盘").level == FAULT


def test_a_folder_that_cannot_be_written_to_is_named(settings):
    nowhere = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": "/proc/evidence"}}
    settings.STORAGES = {**settings.STORAGES, "default": nowhere}

    assert found("材料存储").level == FAULT


def test_a_mail_server_that_is_away_is_named(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = free.getsockname()[1]
    settings.MAIL_IS_ON, settings.EMAIL_HOST = True, "127.0.0.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    assert found("邮件").level == FAULT
    assert "nc -vz 127.0.0.1" in found("邮件").command


def test_mails_that_wait_are_named():
    OutgoingMailFactory(next_try_at=timezone.now() - timedelta(hours=2))

    assert found("邮件发送").level == FAULT


def test_an_old_backup_is_named(monkeypatch):
    monkeypatch.setattr(examination, "MAX_BACKUP_AGE", timedelta(0))

    assert found("备份").level == FAULT
    assert "上一次完整备份" in found("备份").says


def test_an_installation_that_was_never_backed_up_is_named(monkeypatch):
    monkeypatch.setattr(examination, "BACKUP", "没有做过的事")

    assert (found("备份").level, found("备份").says) == (FAULT, "还没有一次完整的备份。")


def test_backups_that_are_not_encrypted_are_a_warning(settings):
    settings.BACKUP_PASSPHRASE = ""

    assert found("备份加密").level == WARNING


def test_the_command_prints_what_to_type_and_fails(settings):
    settings.DISK_LEAST_FREE_MB = shutil.disk_usage("/").total
    said = StringIO()

    with pytest.raises(SystemExit) as caught:
        call_command("doctor", stdout=said)

    assert caught.value.code == 1
    assert "[问题] 磁盘：" in said.getvalue()
    assert "       请执行：df -h" in said.getvalue()


def test_the_command_gives_the_same_as_json():
    said = StringIO()

    call_command("doctor", "--json", stdout=said)

    assert {tuple(finding) for finding in json.loads(said.getvalue())} == {("level", "subject", "says", "command")}
