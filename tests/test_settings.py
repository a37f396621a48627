"""A wrong value in the environment stops the start with a message that says which; the docs name every setting."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GOOD = {"SECRET_KEY": "k" * 60, "DEBUG": "0"}


def start(tmp_path, code="import wenshang_disclosure.settings", **environment):
    return run(tmp_path, "-c", code, **environment)


def run(tmp_path, *words, **environment):
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment_of(tmp_path, **environment),
        capture_output=True,
        text=True,
        check=False,
    )


def environment_of(tmp_path, **environment):
    keep = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")}
    return {**keep, "DATA_DIR": str(tmp_path), **GOOD, **environment}


READ_SETTINGS_OF_EACH_LINE = """
import json, os, sys, traceback
import csp.constants, django.conf, environ, wenshang_disclosure.ops.logs  # once for all processes that read settings

for line in sys.stdin:
    sys.stdout.flush()
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.dup2(writing, 2)
        os.environ.clear()
        os.environ.update(json.loads(line))
        try:
            import wenshang_disclosure.settings
        except SystemExit as stop:
            print(stop.code if isinstance(stop.code, str) else "", file=sys.stderr)
            status = stop.code if isinstance(stop.code, int) else 1
        except BaseException:
            traceback.print_exc()
            status = 1
        else:
            status = 0
        sys.stderr.flush()
        os._exit(status)
    os.close(writing)
    with open(reading) as told:
        stderr = told.read()
    print(json.dumps([os.waitstatus_to_exitcode(os.wait()[1]), stderr]), flush=True)
"""


@pytest.fixture(scope="module")
def read_settings():
    """Return a function that reads the settings in a process of their own, and returns `(status, standard error)`."""
    words = [sys.executable, "-c", READ_SETTINGS_OF_EACH_LINE]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:

        def read(tmp_path, **environment):
            reader.stdin.write(json.dumps(environment_of(tmp_path, **environment)) + "\n")
            reader.stdin.flush()
            return json.loads(reader.stdout.readline())

        yield read
        reader.stdin.close()


def test_good_values_start(tmp_path, read_settings):
    assert start(tmp_path).returncode == 0
    assert read_settings(tmp_path) == [0, ""]


def test_an_encrypted_line_to_the_database_is_asked_for_in_its_address(tmp_path):
    code = "from wenshang_disclosure.settings import DATABASES; print(DATABASES['default']['OPTIONS']['sslmode'])"
    done = start(tmp_path, code, DATABASE_URL="postgres://wenshang@db.example/wenshang?sslmode=verify-full")

    assert done.stdout.strip() == "verify-full"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "mysql://root@localhost/x"),
        ("DATABASE_URL", "wenshang"),
        ("DATABASE_URL", "postgres://localhost:port/x"),
        ("SESSION_IDLE_MINUTES", "1"),
        ("EVIDENCE_MAX_MB", "0"),
        ("EVIDENCE_UNIT_MAX_GB", "0"),
        ("WEB_WORKERS", "0"),
        ("WEB_WORKERS", "many"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
        ("METRICS_TOKEN", "short"),
        ("CLAMAV_SOCKET", "clamd.example.gov.cn"),
        ("CA_FILE", "/nowhere.pem"),
        ("DATA_DIR", "/proc/nowhere"),
        ("SITE_URL", "duban.example.gov.cn"),
        ("SITE_URL", "https://"),
        ("ALLOWED_HOSTS", "https://duban.example.gov.cn"),
        ("ALLOWED_HOSTS", "duban.example.gov.cn:8443"),
        ("WEB_LISTEN", "nowhere"),
        ("WEB_LISTEN", "127.0.0.1:port"),
        ("EMAIL_URL", "http://mail.example.gov.cn"),
        ("EMAIL_URL", "smtp://"),
        ("EMAIL_URL", "smtp://mail.example.gov.cn:port"),
        ("EMAIL_URL", "consolemail://"),
        ("EMAIL_FROM", "县政府办公室"),
        ("EMAIL_FROM", "a@example.gov.cn\nBcc: b@example.gov.cn"),
        ("AUDIT_KEEP_DAYS", "179"),
        ("BACKUP_PASSPHRASE", "short"),
        ("BACKUP_RECIPIENT", "AGE-SECRET-KEY-1"),
        ("TRUSTED_PROXIES", "-1"),
        ("SECOND_FACTOR_ROLES", "office,boss"),
        ("CACHE_URL", "memcached://127.0.0.1"),
        ("DATABASE_REPLICA_URL", "postgres://127.0.0.1/x"),  # beside SQLite
        ("EVIDENCE_S3_BUCKET", "evidence"),  # without a key
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(tmp_path, read_settings, name, value):
    status, told = read_settings(tmp_path, **{name: value})

    assert status != 0
    assert name in told.splitlines()[-1]


@pytest.mark.parametrize(
    "words",
    [
        ["manage.py", "check"],
        ["manage.py", "backup", "/nowhere"],
        ["manage.py", "migrate"],
        ["-m", "gunicorn", "--check-config", "--config", "deploy/gunicorn.conf.py", "wenshang_disclosure.wsgi"],
    ],
)
def test_a_wrong_value_is_told_in_one_line_by_commands_and_the_server(tmp_path, words):
    done = run(tmp_path, *words, TRUSTED_PROXIES="one")

    assert (done.returncode, done.stderr) == (2, "settings: TRUSTED_PROXIES must be a whole number, it is one.\n")


def test_a_wrong_value_is_told_in_one_line_by_a_server_without_our_configuration(tmp_path):
    done = run(tmp_path, "-c", "import wenshang_disclosure.wsgi", TRUSTED_PROXIES="one")

    assert (done.returncode, done.stderr) == (3, "settings: TRUSTED_PROXIES must be a whole number, it is one.\n")


def test_a_database_that_is_away_is_told_in_one_line(tmp_path):
    done = run(tmp_path, "manage.py", "migrate", DATABASE_URL="postgres://wenshang@127.0.0.1:1/wenshang")

    assert done.returncode == 2
    assert done.stderr.startswith("database: connection to server")
    assert len(done.stderr.splitlines()) == 1


def test_the_server_does_not_start_without_its_static_files(tmp_path):
    code = (
        "from wenshang_disclosure import settings; "
        f"settings.STATIC_ROOT = {str(tmp_path / 'none')!r}; "
        "import wenshang_disclosure.wsgi"
    )

    done = run(tmp_path, "-W", "ignore", "-c", code)

    assert done.returncode == 3
    assert re.fullmatch(r"static files: \d+ static files are not in .*; run: manage.py collectstatic .*\n", done.stderr)


A_TRIALS_FILE = """
import os, environ
del os.environ["DEBUG"]
environ.Env.read_env = lambda path: os.environ.setdefault("DEBUG", "1")
from wenshang_disclosure import settings
print(settings.DEBUG)
"""


@pytest.mark.parametrize(("key", "debug"), [("k" * 60, "False\n"), ("", "True\n")])
def test_a_trial_begun_in_the_folder_of_an_installation_does_not_make_it_one(tmp_path, key, debug):
    assert start(tmp_path, A_TRIALS_FILE, SECRET_KEY=key).stdout == debug


def settings_read():
    """Return every name that settings.py reads from the environment."""
    source = (ROOT / "wenshang_disclosure" / "settings.py").read_text()
    return sorted(set(re.findall(r'(?:env\.\w+|_\w+)\(\s*"([A-Z][A-Z_0-9]+)"[,)]', source)))


def test_the_table_of_the_docs_has_the_settings_that_are_read_and_no_others():
    rows = re.findall(r"^\| (`.*?) \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)

    assert sorted(name for row in rows for name in re.findall(r"`(\w+)`", row)) == settings_read()


def test_the_example_of_the_environment_file_has_the_settings_that_are_read_and_no_others():
    example = (ROOT / "deploy" / "wenshang-disclosure.env.example").read_text()

    assert sorted(re.findall(r"^#?([A-Z][A-Z_0-9]+)=", example, re.MULTILINE)) == settings_read()


def test_the_site_s_address_is_trusted_as_the_origin_of_forms(tmp_path):
    code = "import wenshang_disclosure.settings as s; print(s.SITE_URL, s.CSRF_TRUSTED_ORIGINS)"

    done = start(tmp_path, code, SITE_URL="https://duban.example.gov.cn:8443/zwgk/")

    assert done.stdout.strip() == "https://duban.example.gov.cn:8443/zwgk ['https://duban.example.gov.cn:8443']"


LDAP = {"LDAP_URL": "ldap://directory.example.gov.cn", "LDAP_USER_DN": "uid={username},ou=people,dc=example"}
OIDC = {
    "OIDC_ISSUER": "https://id.example.gov.cn",
    "OIDC_CLIENT_ID": "wenshang",
    "OIDC_CLIENT_SECRET": "secret",
    "OIDC_AUTHORIZATION_URL": "https://id.example.gov.cn/authorize",
    "OIDC_TOKEN_URL": "https://id.example.gov.cn/token",
    "OIDC_JWKS_URL": "https://id.example.gov.cn/jwks",
}


def test_signing_in_elsewhere_is_set_up_by_the_environment_alone(tmp_path):
    code = """
import django
django.setup()
from django.conf import settings
from django.contrib.auth import get_backends
from django.urls import reverse
print(*[type(backend).__name__ for backend in get_backends()], reverse("oidc_authentication_callback"))
"""

    done = start(tmp_path, code, DJANGO_SETTINGS_MODULE="wenshang_disclosure.settings", **LDAP, **OIDC)

    assert done.stdout.split() == ["SignInBackend", "LdapBackend", "OidcBackend", "/oidc/callback/"], done.stderr


def test_what_is_not_set_up_is_not_imported(tmp_path):
    code = """
import sys
import django
django.setup()
import wenshang_disclosure.urls
print([name for name in ("ldap3", "mozilla_django_oidc", "jwt", "requests", "boto3") if name in sys.modules])
"""

    done = start(tmp_path, code, DJANGO_SETTINGS_MODULE="wenshang_disclosure.settings")

    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    ("given", "name", "value"),
    [
        (LDAP, "LDAP_URL", "http://directory.example.gov.cn"),
        (LDAP, "LDAP_USER_DN", ""),  # and nowhere to search
        (LDAP, "LDAP_SEARCH_BASE", "dc=example"),  # beside the template
        (LDAP, "LDAP_USER_DN", "uid=somebody,dc=example"),
        (LDAP, "LDAP_USER_DN", "uid={username},ou={unit}"),
        (LDAP, "LDAP_BIND_DN", "cn=reader"),  # without a password
        ({}, "LDAP_ONLY", "1"),  # without a directory
        (OIDC, "OIDC_CLIENT_SECRET", ""),
        (OIDC, "OIDC_TOKEN_URL", ""),
        (OIDC, "OIDC_TOKEN_URL", "http://id.example.gov.cn/token"),
    ],
)
def test_a_half_set_up_way_of_signing_in_stops_the_start(tmp_path, read_settings, given, name, value):
    status, told = read_settings(tmp_path, **{**given, name: value})

    assert status != 0
    assert name in told.splitlines()[-1]


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
