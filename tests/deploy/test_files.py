"""The files that an installation is made of fit each other."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMMANDS = [
    "awk",
    "basename",
    "bash",
    "cat",
    "cut",
    "date",
    "dirname",
    "env",
    "git",
    "grep",
    "head",
    "id",
    "install",
    "ls",
    "mktemp",
    "readlink",
    "sed",
    "seq",
    "tr",
    "uname",
    "curl",
    "openssl",
    "tar",
]


def test_every_timer_has_its_service_and_is_switched_on():
    units = {path.name for path in (DEPLOY / "systemd").iterdir()}
    timers = {name.removesuffix(".timer") for name in units if name.endswith(".timer")}
    switched_on = re.search(r'^TIMERS="(.*)"', (DEPLOY / "lib.sh").read_text(), re.MULTILINE)[1]

    assert {f"{timer}.service" for timer in timers} <= units
    assert timers == {f"wenshang-{name}" for name in switched_on.split()}
    examined = re.search(r"^TIMERS = \((.*)\)", (DEPLOY / "doctor.py").read_text(), re.MULTILINE)[1]
    assert set(re.findall(r"\w+", examined)) == set(switched_on.split())


def test_every_service_runs_hardened_as_the_products_account():
    for unit in (DEPLOY / "systemd").glob("*.service"):
        lines = unit.read_text().splitlines()

        assert {"User=wenshang", "NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0027"} <= set(lines), unit.name


def test_every_metric_of_an_alarm_exists():
    from wenshang_disclosure.ops import metrics
    from wenshang_disclosure.ops.prometheus import FIGURES

    counted = (metrics.REQUESTS, metrics.REQUEST_SECONDS, metrics.DATABASE_SECONDS)
    known = {f"wenshang_{name}" for name in (*FIGURES, "figure_missing")}
    known |= {sample.name for metric in counted for family in metric.collect() for sample in family.samples}
    known |= {"wenshang_requests_total", "wenshang_request_seconds_bucket"}

    asked = set(re.findall(r"\bwenshang_\w+", (DEPLOY / "prometheus-rules.yml").read_text()))

    assert asked <= known


def test_a_dry_run_goes_through_without_nginx_and_says_that_it_is_missing(tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in COMMANDS:
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    command = ["bash", DEPLOY / "install.sh", "--dry-run", "--host", "duban.test", "--python", sys.executable]

    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=tmp_path, env={"PATH": str(programs)}
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "nginx" in next(line for line in done.stdout.splitlines() if "届时将停止" in line)


def test_the_installation_says_what_is_missing_before_it_does_anything(tmp_path):
    command = [DEPLOY / "install.sh", "--dry-run", "--python", "/nowhere/python"]

    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    assert done.returncode == 1
    assert "已停止：首次安装须用 --host 写明主机名。" in done.stderr
