"""What can be examined once the settings are read: database, files, host names, clock, disk, mail, backups."""

import shutil
import socket
from dataclasses import asdict, dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from tasks.models import OutgoingMail
from wenshang_disclosure.audit import keys
from wenshang_disclosure.audit.choices import Kind, Result
from wenshang_disclosure.audit.models import AuditEntry
from wenshang_disclosure.core.web import static_files
from wenshang_disclosure.ops import health
from wenshang_disclosure.ops.backup import encryption
from wenshang_disclosure.ops.backup.taking import ACT as BACKUP
from wenshang_disclosure.work.models import MAX_WAIT, Job

GOOD, WARNING, FAULT = "正常", "提醒", "问题"
MAX_BACKUP_AGE = timedelta(hours=36)
MAX_CLOCK_DIFFERENCE = timedelta(minutes=1)
MAX_MAIL_AGE = timedelta(minutes=30)
MB = 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """What was found of one subject, in Chinese, and what to type; `command` is empty where nothing is to be done."""

    level: str
    subject: str
    says: str
    command: str = ""


def examine():
    """Return the findings on all subjects; without a database, or an outdated one, those that need it are left out."""
    checks = [database]
    if database().level != FAULT:
        checks += (extension, migrations)
        checks += ON_THE_DATABASE if migrations().level != FAULT else ()
    findings = [check() for check in (*checks, *WITHOUT_THE_DATABASE)]
    return [finding for finding in findings if finding]


def as_data(findings):
    """Return findings as plain dictionaries."""
    return [asdict(finding) for finding in findings]


def database():
    """Ask the database for anything."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        reason = " ".join(str(error).split())
        to_type = "systemctl status postgresql；并核对 DATABASE_URL"
        return Finding(
            FAULT, "数据库", f"连接不上：{reason}", to_type if _is_postgresql() else "核对 DATABASE_URL 和 DATA_DIR"
        )
    return Finding(GOOD, "数据库", "PostgreSQL" if _is_postgresql() else "SQLite（十人以上同时使用时请改用PostgreSQL）")


def _is_postgresql():
    return connection.vendor == "postgresql"


def extension():
    """Look for the extension that speeds up search."""
    if not _is_postgresql():
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if cursor.fetchone():
            return Finding(GOOD, "数据库扩展", "pg_trgm已安装")
    name = connection.settings_dict["NAME"]
    to_type = f"runuser -u postgres -- psql -d {name} -c 'CREATE EXTENSION pg_trgm'，再按 docs/install.md 建立索引"
    return Finding(WARNING, "数据库扩展", "没有pg_trgm，报告很多时搜索较慢，结果不受影响。", to_type)


def migrations():
    """Compare the database with the migrations of this release."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not missing:
        return Finding(GOOD, "数据库结构", "与本版本一致")
    return Finding(FAULT, "数据库结构", f"还有{len(missing)}项没有更新，页面会出错。", "wenshang migrate")


def clock():
    """Compare the clock with the database's, and with the last audit entry."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()" if _is_postgresql() else "SELECT 1")
        there = cursor.fetchone()[0] if _is_postgresql() else now
    latest = AuditEntry.objects.order_by("-at").values_list("at", flat=True).first()
    if abs(there - now) > MAX_CLOCK_DIFFERENCE:
        says = f"本机与数据库服务器的时间相差{abs(there - now).seconds}秒。"
    elif latest and latest > now + MAX_CLOCK_DIFFERENCE:
        says = f"本机时间早于最近一条审计记录（{timezone.localtime(latest):%Y-%m-%d %H:%M}），可能被调慢。"
    else:
        return Finding(GOOD, "时间", f"{timezone.localtime(now):%Y-%m-%d %H:%M}（Asia/Shanghai）")
    return Finding(FAULT, "时间", says, "timedatectl set-ntp true；timedatectl")


def mails_waiting():
    """Look for mails that have been due for long."""
    waiting = OutgoingMail.objects.waiting(timezone.now() - MAX_MAIL_AGE).count()
    if not waiting:
        return None
    to_type = "systemctl start wenshang-mail.service；journalctl -u wenshang-mail -n 20"
    return Finding(FAULT, "邮件发送", f"有{waiting}封邮件超过半小时没有发出。", to_type)


def work_standing():
    """Look for background work that nobody takes up."""
    standing = Job.objects.standing().count()
    if not standing:
        return None
    minutes = MAX_WAIT.seconds // 60
    to_type = "systemctl enable --now wenshang-work.timer；journalctl -u wenshang-work -n 20"
    return Finding(FAULT, "后台任务", f"有{standing}项后台任务等候超过{minutes}分钟，没有程序办理。", to_type)


def backup_age():
    """Look for the last complete backup in the audit trail."""
    done = AuditEntry.objects.filter(kind=Kind.SYSTEM, act=BACKUP, result=Result.DONE)
    last = done.order_by("-at").values_list("at", flat=True).first()
    to_type = "systemctl start wenshang-backup.service；journalctl -u wenshang-backup -n 20"
    if last is None:
        return Finding(FAULT, "备份", "还没有一次完整的备份。", to_type)
    says = f"上一次完整备份：{timezone.localtime(last):%Y-%m-%d %H:%M}"
    if timezone.now() - last > MAX_BACKUP_AGE:
        return Finding(FAULT, "备份", f"{says}，已超过一天半。", to_type)
    return Finding(GOOD, "备份", says)


def backup_key():
    """Look whether backups are encrypted."""
    if encryption.has_key():
        return Finding(GOOD, "备份加密", "已设置密钥，备份均加密")
    says = "没有设置密钥，备份不加密，拿到备份的人可以看到全部内容。"
    return Finding(
        WARNING, "备份加密", says, "在设置文件中设置 BACKUP_RECIPIENT 或 BACKUP_PASSPHRASE（docs/install-zh.md“备份”）"
    )


def static_files_collected():
    """Compare the static files with those of this release."""
    missing = static_files.uncollected()
    if not missing:
        return Finding(GOOD, "静态文件", "齐全")
    to_type = (
        f"cd {settings.BASE_DIR} && .venv/bin/python manage.py collectstatic --noinput && systemctl restart wenshang"
    )
    return Finding(FAULT, "静态文件", f"{settings.STATIC_ROOT}中缺{len(missing)}个文件，系统不能启动。", to_type)


def host_names():
    """Compare the names under which the site is asked for."""
    host = urlsplit(settings.SITE_URL).hostname
    to_type = "在设置文件中修改 ALLOWED_HOSTS 和 SITE_URL，再执行 systemctl restart wenshang"
    if not host:
        return Finding(WARNING, "主机名", "没有设置SITE_URL，邮件和日历中没有链接。", to_type)
    if not {host, "*", f".{host.partition('.')[2]}"} & set(settings.ALLOWED_HOSTS):
        says = f"SITE_URL中的{host}不在ALLOWED_HOSTS（{'、'.join(settings.ALLOWED_HOSTS)}）中，访问会被拒绝（400）。"
        return Finding(FAULT, "主机名", says, to_type)
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return Finding(WARNING, "主机名", f"本机解析不到{host}，请确认单位的DNS中有这个名称。", f"getent hosts {host}")
    return Finding(GOOD, "主机名", host)


def disk():
    """Look for room on the disk of the data."""
    free = shutil.disk_usage(settings.DATA_DIR).free // MB
    if free >= settings.DISK_LEAST_FREE_MB:
        return Finding(GOOD, "磁盘", f"{settings.DATA_DIR}所在磁盘剩余{free} MB")
    says = f"{settings.DATA_DIR}所在磁盘只剩{free} MB，上传会被拒绝。"
    return Finding(FAULT, "磁盘", says, "df -h；du -sh /var/backups/wenshang-disclosure /var/log（移走旧备份或扩容）")


def storage():
    """Write to where evidence is kept."""
    try:
        health.CHECKS["storage"]()
    except Exception as error:
        to_type = f"ls -ld {settings.DATA_DIR}/evidence；chown -R wenshang:wenshang {settings.DATA_DIR}"
        return Finding(FAULT, "材料存储", f"写不进去：{type(error).__name__}", to_type)
    return Finding(GOOD, "材料存储", "可以写入")


def mail():
    """Connect to the mail server, and sign in to it."""
    if not settings.MAIL_IS_ON:
        return Finding(GOOD, "邮件", "没有启用（EMAIL_URL未设置）")
    try:
        line = get_connection()
        line.open()
        line.close()
    except OSError as error:  # SMTPException is one
        says = f"连不上邮件服务器{settings.EMAIL_HOST}:{settings.EMAIL_PORT}，或登录被拒绝：{type(error).__name__}"
        return Finding(FAULT, "邮件", says, f"核对 EMAIL_URL；nc -vz {settings.EMAIL_HOST} {settings.EMAIL_PORT}")
    return Finding(GOOD, "邮件", f"{settings.EMAIL_HOST}可以连接")


def audit_key():
    """Look for the key of the audit trail."""
    if keys.ring().current is None:
        return Finding(WARNING, "审计密钥", "还没有生成，写第一条审计记录时自动生成。")
    return Finding(GOOD, "审计密钥", f"{keys.path()}（请另存一份，备份中没有它）")


ON_THE_DATABASE = (clock, mails_waiting, work_standing, backup_age)
WITHOUT_THE_DATABASE = (backup_key, static_files_collected, host_names, disk, storage, mail, audit_key)
