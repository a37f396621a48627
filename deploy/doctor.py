#!/usr/bin/env python3
"""`wenshang doctor`: says in Chinese what is wrong with an installation, and what to type.

It needs no package and no Django, since those may be what is missing; what can only be asked through Django it gets
from `manage.py doctor`. Exit status: 0 nothing is wrong, 1 something is. Runs on any Python 3.7 or later.
"""

import json
import os
import pwd
import re
import ssl
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

GOOD, WARNING, FAULT = "正常", "提醒", "问题"
RELEASE = Path(__file__).resolve().parent.parent
INSTALLED = Path("/opt/wenshang-disclosure")
ENV_FILE = Path("/etc/wenshang-disclosure.env")
CERTIFICATE = Path("/etc/wenshang-disclosure/tls/fullchain.pem")
SERVICE_USER = "wenshang"
TIMERS = ("reminders", "mail", "scan", "work", "check", "backup")
DAYS_BEFORE_EXPIRY = 30
TIMEOUT_SECONDS = 120

Finding = namedtuple("Finding", "level subject says command")

VERSIONS = """
import re, sys
from importlib import metadata
wrong = []
for line in open(sys.argv[1], encoding="utf-8"):
    pinned = re.match(r"([A-Za-z0-9._-]+)(?:\\[[^]]*\\])?==([^\\s;\\\\]+)", line)
    if pinned:
        try:
            found = metadata.version(pinned[1])
        except metadata.PackageNotFoundError:
            found = "未安装"
        if found != pinned[2]:
            wrong.append(f"{pinned[1]}（应为{pinned[2]}，实为{found}）")
print("、".join(wrong))
"""


def examine():
    """Return all findings; what needs what is missing is left out."""
    findings = [python()]
    if findings[-1].level != FAULT:
        findings += [packages(), settings()]
    if all(finding.level != FAULT for finding in findings):
        findings += inside()
    return findings + [one for check in (services, timers, web_server, certificate, network_time) for one in check()]


def python():
    """Look for the environment's Python."""
    path = RELEASE / ".venv" / "bin" / "python"
    code, said = _run([str(path), "-c", "import sys; print(*sys.version_info[:3], sep='.')"])
    if code != 0:
        says = "{}不能运行（{}）。".format(path, said or "不存在")
        return Finding(FAULT, "Python", says, _reinstall())
    if tuple(map(int, said.split(".")[:2])) < (3, 11):
        return Finding(FAULT, "Python", f"版本{said}过低，须为3.11或更高。", _reinstall(" --python /路径/python3.11"))
    return Finding(GOOD, "Python", said, "")


def packages():
    """Compare the installed packages with those that the release was made for."""
    code, said = _python("-c", VERSIONS, str(RELEASE / "requirements.txt"))
    if code != 0:
        return Finding(FAULT, "软件包", f"无法读取：{said}", _reinstall())
    if said:
        return Finding(FAULT, "软件包", f"缺少或版本不符：{said}", _reinstall())
    return Finding(GOOD, "软件包", "齐全", "")


def settings():
    """Read the settings as the server does."""
    code, said = _python("manage.py", "doctor", "--help")
    if code == 0:
        return Finding(GOOD, "设置", str(ENV_FILE), "")
    if said.startswith("settings:"):
        says = "有一项不对：{}".format(said.partition(":")[2].strip())
        return Finding(FAULT, "设置", says, f"编辑 {ENV_FILE}（各项含义见 docs/settings.md）")
    return Finding(FAULT, "设置", f"程序不能启动：{said}", _reinstall())


def inside():
    """Return what the application itself finds."""
    code, said = _python("manage.py", "doctor", "--json")
    try:
        return [Finding(**finding) for finding in json.loads(said)]
    except ValueError:
        return [Finding(FAULT, "程序", said or f"没有应答（{code}）", "journalctl -u wenshang -n 50")]


def services():
    """Ask whether the service runs and says that it is ready."""
    if not _has_systemd():
        yield Finding(WARNING, "服务", "本机没有运行systemd，服务和定时任务须自行启动。", "")
        return
    state = _run(["systemctl", "is-active", "wenshang.service"])[1]
    to_type = "systemctl restart wenshang；journalctl -u wenshang -n 50"
    yield Finding(GOOD, "服务", "正在运行", "") if state == "active" else Finding(FAULT, "服务", "没有运行。", to_type)


def timers():
    """Ask whether each timer is on, and whether its last run failed."""
    if not _has_systemd():
        return
    off = [name for name in TIMERS if _run(["systemctl", "is-active", f"wenshang-{name}.timer"])[1] != "active"]
    failed = [name for name in TIMERS if _run(["systemctl", "is-failed", f"wenshang-{name}.service"])[1] == "failed"]
    if off:
        to_type = "systemctl enable --now {}".format(" ".join(f"wenshang-{name}.timer" for name in off))
        yield Finding(FAULT, "定时任务", "没有启用：{}".format("、".join(off)), to_type)
    if failed:
        to_type = f"journalctl -u wenshang-{failed[0]} -n 50"
        yield Finding(FAULT, "定时任务", "上一次没有成功：{}".format("、".join(failed)), to_type)
    if not off and not failed:
        yield Finding(GOOD, "定时任务", "均已启用", "")


def web_server():
    """Let nginx read its files."""
    if not _is_installed():
        return
    code, said = _run(["nginx", "-t"])
    if code == 0:
        yield Finding(GOOD, "nginx", "配置无误", "")
    elif code == 127:
        yield Finding(FAULT, "nginx", "没有安装。", "apt-get install nginx 或 dnf install nginx")
    else:
        yield Finding(FAULT, "nginx", "配置有误：{}".format(said.splitlines()[0] if said else ""), "nginx -t")


def certificate():
    """Look when the certificate runs out, and whether it is for the site's name."""
    if not CERTIFICATE.exists():
        if _is_installed():
            yield Finding(FAULT, "证书", f"{CERTIFICATE}不存在。", _reinstall(" --cert 证书 --key 私钥"))
        return
    try:
        about = ssl._ssl._test_decode_cert(str(CERTIFICATE))
    except (OSError, ssl.SSLError, ValueError):
        yield Finding(
            FAULT, "证书", f"{CERTIFICATE}不是证书，或无权读取。", f"openssl x509 -noout -text -in {CERTIFICATE}"
        )
        return
    yield _expiry(about["notAfter"])
    names = [name for kind, name in about.get("subjectAltName", ()) if kind in ("DNS", "IP Address")]
    for host in _hosts():
        if not any(_covers(name, host) for name in names):
            says = "证书不含主机名{}（含：{}），浏览器会报警。".format(host, "、".join(names) or "无")
            yield Finding(FAULT, "证书", says, "换用含该主机名的证书，再执行 systemctl reload nginx")


def _expiry(not_after):
    end = ssl.cert_time_to_seconds(not_after)
    day = time.strftime("%Y-%m-%d", time.localtime(end))
    days = int((end - time.time()) // 86400)
    to_type = f"把新证书放到 {CERTIFICATE.parent}，再执行 systemctl reload nginx"
    if days < 0:
        return Finding(FAULT, "证书", f"已于{day}到期。", to_type)
    if days < DAYS_BEFORE_EXPIRY:
        return Finding(WARNING, "证书", f"{days}天后（{day}）到期。", to_type)
    return Finding(GOOD, "证书", f"有效至{day}", "")


def _covers(name, host):
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])


def network_time():
    """Ask whether the clock is set by a time server."""
    code, said = _run(["timedatectl", "show", "--property=NTPSynchronized", "--value"])
    if code == 0 and said == "no":
        yield Finding(WARNING, "时间同步", "本机时间没有与时间服务器同步。", "timedatectl set-ntp true")


def _hosts():
    """Return the names in ALLOWED_HOSTS of the settings file."""
    try:
        text = ENV_FILE.read_text(encoding="utf-8")
    except OSError:
        return []
    found = re.search(r"^ALLOWED_HOSTS=(.*)$", text, re.MULTILINE)
    return [name.strip() for name in found.group(1).split(",") if name.strip() not in ("", "*")] if found else []


def _is_installed():
    return INSTALLED in RELEASE.parents


def _has_systemd():
    return Path("/run/systemd/system").is_dir()


def _reinstall(options=""):
    if not _is_installed():
        return "rm -rf .venv && make run"
    return f"rm {RELEASE}/.complete，再从安装包执行 deploy/install.sh{options}"


def _python(*words):
    """Run the environment's Python as the account of the service; return status and what it said."""
    return _run([*_as_service(), str(RELEASE / ".venv" / "bin" / "python"), *words])


def _as_service():
    if os.geteuid() != 0 or not _is_installed():
        return []
    try:
        pwd.getpwnam(SERVICE_USER)
    except KeyError:
        return []
    return ["runuser", "-u", SERVICE_USER, "--"]


def _run(words):
    """Run a command; return its status (127 where there is none) and its output, or else the last error line."""
    try:
        done = subprocess.run(
            words,
            cwd=str(RELEASE),
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except OSError as error:
        return 127, error.strerror or ""
    except subprocess.TimeoutExpired:
        return 124, f"超过{TIMEOUT_SECONDS}秒没有应答"
    said = done.stdout.strip()
    errors = done.stderr.strip().splitlines()
    return done.returncode, said or (errors[-1] if errors else "")


def main():
    """Print the findings; faults last, so that they stand where one looks."""
    findings = sorted(examine(), key=lambda finding: (GOOD, WARNING, FAULT).index(finding.level))
    for finding in findings:
        print(f"[{finding.level}] {finding.subject}：{finding.says}")
        if finding.command:
            print(f"       请执行：{finding.command}")
    count = sum(finding.level == FAULT for finding in findings)
    print("\n{}".format("没有发现问题。" if not count else f"发现{count}个问题。"))
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
