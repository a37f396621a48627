"""`wenshang doctor` names what is wrong before Django can be asked: Python, packages, settings, units, certificate."""

import datetime as dt
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def doctor(tmp_path, monkeypatch):
    """The script, examining a folder of the test's own as an installed release."""
    about = importlib.util.spec_from_file_location("doctor", ROOT / "deploy" / "doctor.py")
    script = importlib.util.module_from_spec(about)
    about.loader.exec_module(script)
    release = tmp_path / "opt" / "releases" / "1.0"
    (release / ".venv" / "bin").mkdir(parents=True)
    (release / "manage.py").write_text("print('usage')")
    (release / "requirements.txt").write_text(f"# what it runs on\npytest=={pytest.__version__}\n")
    monkeypatch.setattr(script, "INSTALLED", tmp_path / "opt")
    monkeypatch.setattr(script, "RELEASE", release)
    monkeypatch.setattr(script, "ENV_FILE", tmp_path / "settings.env")
    monkeypatch.setattr(script, "CERTIFICATE", tmp_path / "fullchain.pem")
    monkeypatch.setattr(script, "_as_service", list)
    monkeypatch.setattr(script, "_has_systemd", lambda: True)
    script.ENV_FILE.write_text("ALLOWED_HOSTS=duban.test\n")
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    script.programs = programs
    program(release / ".venv" / "bin" / "python", f'exec {sys.executable} "$@"')
    return script


def program(path, does):
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)


def certificate(path, days, name="duban.test"):
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - dt.timedelta(days=400))
    made = made.not_valid_after(now + dt.timedelta(days=days, hours=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def levels(findings):
    return [finding.level for finding in findings]


def test_a_missing_python_is_named(doctor):
    (doctor.RELEASE / ".venv" / "bin" / "python").unlink()

    assert doctor.python().level == "问题"
    assert "deploy/install.sh" in doctor.python().command


def test_a_python_that_is_too_old_is_named(doctor):
    program(doctor.RELEASE / ".venv" / "bin" / "python", "echo 3.9.2")

    assert doctor.python().says == "版本3.9.2过低，须为3.11或更高。"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("no-such-package==1.0 \\\n    --hash=sha256:00\n", "no-such-package（应为1.0，实为未安装）"),
        ("pytest==0.1\n", f"pytest（应为0.1，实为{pytest.__version__}）"),
    ],
)
def test_packages_that_are_missing_or_of_another_version_are_named(doctor, line, says):
    assert doctor.packages().level == "正常"

    (doctor.RELEASE / "requirements.txt").write_text(line)

    assert doctor.packages().says == f"缺少或版本不符：{says}"


def test_a_wrong_setting_is_named_and_nothing_inside_is_asked(doctor):
    (doctor.RELEASE / "manage.py").write_text("import sys; sys.exit('settings: DATA_DIR cannot be made.')")

    findings = [finding for finding in doctor.examine() if finding.subject in ("设置", "程序")]

    assert [(finding.level, finding.says) for finding in findings] == [("问题", "有一项不对：DATA_DIR cannot be made.")]


def test_what_the_application_finds_is_told(doctor):
    told = [{"level": "问题", "subject": "备份", "says": "还没有", "command": "x"}]
    (doctor.RELEASE / "manage.py").write_text(f"print({json.dumps(told)!r})")

    assert doctor.inside() == [doctor.Finding("问题", "备份", "还没有", "x")]


@pytest.mark.parametrize(
    ("answers", "level"), [("echo active", "正常"), ("echo inactive; exit 3", "问题"), ("exit 1", "问题")]
)
def test_a_service_that_does_not_run_is_named(doctor, answers, level):
    program(doctor.programs / "systemctl", answers)

    assert levels(doctor.services()) == [level]


def test_timers_that_are_off_or_failed_are_named(doctor):
    program(
        doctor.programs / "systemctl",
        'case "$*" in "is-active wenshang-mail.timer") echo inactive;; '
        '"is-failed wenshang-backup.service") echo failed;; *) echo active;; esac',
    )

    off, failed = doctor.timers()

    assert off.command == "systemctl enable --now wenshang-mail.timer"
    assert failed.command == "journalctl -u wenshang-backup -n 50"


@pytest.mark.parametrize(("days", "level"), [(-1, "问题"), (10, "提醒"), (100, "正常")])
def test_a_certificate_that_runs_out_is_named(doctor, days, level):
    certificate(doctor.CERTIFICATE, days)

    assert levels(doctor.certificate()) == [level]


def test_a_certificate_for_another_name_is_named(doctor):
    certificate(doctor.CERTIFICATE, 100, name="other.test")

    assert [finding.says for finding in doctor.certificate() if finding.level == "问题"] == [
        "证书不含主机名duban.test（含：other.test），浏览器会报警。"
    ]


@pytest.mark.parametrize("content", [None, "nonsense"])
def test_a_missing_or_unreadable_certificate_is_named(doctor, content):
    if content:
        doctor.CERTIFICATE.write_text(content)

    assert levels(doctor.certificate()) == ["问题"]


@pytest.mark.parametrize(
    ("nginx", "says"),
    [(None, "没有安装。"), ("echo 'nginx: [emerg] no' >&2; exit 1", "配置有误：nginx: [emerg] no")],
)
def test_nginx_that_is_missing_or_badly_configured_is_named(doctor, nginx, says):
    if nginx:
        program(doctor.programs / "nginx", nginx)

    assert [finding.says for finding in doctor.web_server()] == [says]


def test_a_clock_that_nobody_sets_is_a_warning(doctor):
    program(doctor.programs / "timedatectl", "echo no")

    assert levels(doctor.network_time()) == ["提醒"]


def test_the_report_ends_with_the_faults_and_their_number(tmp_path):
    done = subprocess.run(
        [sys.executable, ROOT / "deploy" / "doctor.py"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(tmp_path), "DATA_DIR": str(tmp_path)},
    )

    assert done.returncode == 1
    assert "[问题] 设置：有一项不对：SECRET_KEY must be set" in done.stdout
    assert done.stdout.endswith("\n发现1个问题。\n")
