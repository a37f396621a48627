"""A wrong value in the environment stops the start, with a message that says which."""

import os
import subprocess
import sys

import pytest

GOOD = {"SECRET_KEY": "k" * 60, "DEBUG": "0"}


def start(tmp_path, code="import wenshang_disclosure.settings", **environment):
    keep = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")}
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command,
        env={**keep, "DATA_DIR": str(tmp_path), **GOOD, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_good_values_start(tmp_path):
    assert start(tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "mysql://root@localhost/x"),
        ("SESSION_IDLE_MINUTES", "1"),
        ("EVIDENCE_MAX_MB", "0"),
        ("CLAMAV_SOCKET", "clamd.example.gov.cn"),
        ("CLAMAV_TIMEOUT_SECONDS", "0"),
        ("DATA_DIR", "/proc/nowhere"),
        ("SITE_URL", "duban.example.gov.cn"),
        ("EMAIL_URL", "http://mail.example.gov.cn"),
        ("EMAIL_URL", "smtp://"),
        ("EMAIL_URL", "smtp://mail.example.gov.cn:port"),
        ("EMAIL_URL", "consolemail://"),
        ("EMAIL_FROM", "县政府办公室"),
        ("EMAIL_FROM", "a@example.gov.cn\nBcc: b@example.gov.cn"),
        ("EMAIL_TIMEOUT_SECONDS", "0"),
        ("AUDIT_KEEP_DAYS", "179"),
        ("TRUSTED_PROXIES", "-1"),
        ("SESSION_HOURS", "0"),
        ("CACHE_URL", "memcached://127.0.0.1"),
        ("DATABASE_REPLICA_URL", "postgres://127.0.0.1/x"),  # beside SQLite
        ("EVIDENCE_S3_BUCKET", "evidence"),  # without a key
        ("SESSIONS_IN_CACHE", "1"),  # without a cache of their own
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(tmp_path, name, value):
    done = start(tmp_path, **{name: value})

    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("", "False"),
        ("smtp://mail.example.gov.cn", "True mail.example.gov.cn 25 False False ''"),
        ("smtp+tls://duban:p%40ss@mail.example.gov.cn", "True mail.example.gov.cn 587 True False 'p@ss'"),
        ("smtp+ssl://duban:pass@mail.example.gov.cn", "True mail.example.gov.cn 465 False True 'pass'"),
        ("smtp+ssl://mail.example.gov.cn:10465", "True mail.example.gov.cn 10465 False True ''"),
    ],
)
def test_the_mail_server_is_read_from_one_address(tmp_path, address, read):
    code = """
import wenshang_disclosure.settings as s
print(s.MAIL_IS_ON, *[s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL, repr(s.EMAIL_HOST_PASSWORD)]
      if s.MAIL_IS_ON else [])
"""

    done = start(tmp_path, code, EMAIL_URL=address)

    assert done.stdout.strip() == read
