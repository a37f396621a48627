"""What `make test-deploy` tries, in order; each step prints a line with what was found."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from contextlib import contextmanager
from pathlib import Path

from .stand_in import JOURNAL, wait_for_server
from .visitor import HOST, Stream, Visitor

APP = Path("/opt/wenshang-disclosure")
POSTGRES = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
PASSWORD = "Deploy-rehearsal-2024"
TOKEN = "rehearsal-metrics-token-" + "0123456789abcdef"
STARTED = []


def everything(work, bundle):
    """Play all of it; give 0 where nothing went wrong."""
    steps = Steps(work, bundle)
    names = [name for name in vars(Steps) if name[0] == "s" and name[1:3].isdigit()]
    only = sys.argv[1:]
    for name in sorted(names):
        if only and int(name[1:3]) > 6 and not any(word in name for word in only):
            continue
        began = time.monotonic()
        try:
            told = getattr(steps, name)()
        except Exception:
            print(f"FAILED {name[4:].replace('_', ' ')}")
            traceback.print_exc()
            print("".join(Path(JOURNAL).read_text().splitlines(keepends=True)[-15:]) if os.path.exists(JOURNAL) else "")
            return 1
        print(f"ok {name[4:].replace('_', ' ')}: {told} ({time.monotonic() - began:.1f} s)", flush=True)
    return 0


def sh(command, check=True, **environment):
    """Run a command and give what it printed."""
    environment = {
        "PATH": "/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin",
        "LANG": "C.UTF-8",
        **environment,
    }
    done = subprocess.run(
        ["/bin/bash", "-c", command],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if check and done.returncode:
        raise RuntimeError(f"{command}: {done.returncode}\n{done.stdout[-3000:]}")
    return done.stdout


def query(sql):
    """Ask the database."""
    return sh(f'{POSTGRES}/psql -h /run/postgresql -U postgres -Atc "{sql}" wenshang').strip()


def workers():
    """Return the process numbers of the workers."""
    main = sh("systemctl pid wenshang.service").strip()
    return [int(pid) for pid in sh(f"pgrep -P {main}").split()]


def wait_for(what, seconds=60):
    """Wait until `what()` holds."""
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)


@contextmanager
def streams(*made):
    """Let visitors ask all the while."""
    threads = [threading.Thread(target=stream.run) for stream in made]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    try:
        yield
        time.sleep(0.5)
    finally:
        for stream in made:
            stream.stopped = True
        for thread in threads:
            thread.join()


def told(*made):
    """Say how the streams fared."""
    asked, wrong = sum(s.asked for s in made), sum(len(s.wrong) for s in made)
    return f"{asked} requests, {wrong} not answered as they should, slowest {max(s.slowest for s in made):.1f} s"


def _is_known(command):
    return "Unknown command" not in sh(f"wenshang help {command}", check=False)


def _speaks(protocol):
    said = sh(f"openssl s_client -connect {HOST}:443 -{protocol} </dev/null 2>&1", check=False)
    return "\nNew, " in said and "Cipher is (NONE)" not in said


class Steps:
    """The steps share what was made before."""

    def __init__(self, work, bundle):
        self.work, self.bundle = work, bundle

    def s01_a_machine_with_postgresql_and_a_stand_in_for_systemd(self):
        data = self.work / "layers" / "postgresql"
        data.mkdir()
        shutil.chown(data, "postgres", "postgres")
        shutil.chown("/run/postgresql", "postgres", "postgres")
        as_postgres = "cd / && runuser -u postgres -- "
        sh(f"{as_postgres} {POSTGRES}/initdb -D {data} -A trust -E UTF8 --locale=C.UTF-8")
        options = "-k /run/postgresql -c listen_addresses=127.0.0.1 -c fsync=off"
        self.database = subprocess.Popen(
            ["runuser", "-u", "postgres", "--", f"{POSTGRES}/postgres", "-D", data, *options.split()],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        STARTED.append(self.database)
        wait_for(lambda: "accepting" in sh(f"{POSTGRES}/pg_isready -h /run/postgresql", check=False))
        admin = f"{POSTGRES}/psql -q -h /run/postgresql -U postgres"
        sh(f"""{admin} -c "CREATE ROLE wenshang LOGIN PASSWORD 'rehearsal'" """)
        sh(f"""{admin} -c "CREATE DATABASE wenshang OWNER wenshang" """)
        shutil.copy(Path(__file__).with_name("stand_in.py"), "/usr/local/bin/systemctl")
        sh("sed -i '1i #!/usr/bin/python3' /usr/local/bin/systemctl && chmod 755 /usr/local/bin/systemctl")
        sh(f"echo '127.0.0.1 {HOST}' >> /etc/hosts; rm -f /etc/nginx/sites-enabled/default")
        STARTED.append(subprocess.Popen(["/usr/bin/python3", "/usr/local/bin/systemctl", "serve"]))
        wait_for_server()
        return sh("unset http_proxy; curl -sS -m 2 https://pypi.org 2>&1 | head -1", check=False).strip() or "?"

    def s02_a_dry_run_changes_nothing(self):
        said = sh(f"{self.bundle}/deploy/install.sh --host {HOST} --dry-run")
        assert not (APP / "current").exists()
        assert not Path("/etc/wenshang-disclosure.env").exists()
        assert "wenshang:" not in Path("/etc/passwd").read_text()
        return f"{said.count('  将')} things would be done"

    def s03_install_without_a_network(self):
        url = "postgres://wenshang:rehearsal@127.0.0.1:5432/wenshang"
        sh(f"{self.bundle}/deploy/install.sh --host {HOST} --database-url {url}")
        with open("/etc/wenshang-disclosure.env", "a") as settings:
            settings.write(f"METRICS_TOKEN={TOKEN}\nWEB_WORKERS=3\n")
        sh("systemctl restart wenshang.service")
        size = sh(f"du -sh {APP}/releases/1.0-first | cut -f1").strip()
        return f"release {(APP / 'current').resolve().name}, {size}, {len(workers())} workers"

    def s04_installing_again_changes_nothing(self):
        kept = [
            "/etc/wenshang-disclosure.env",
            "/etc/wenshang-disclosure/tls/privkey.pem",
            "/etc/systemd/system/wenshang.service",
        ]
        before = [Path(path).read_bytes() for path in kept]
        before_pids = workers()
        sh(f"{self.bundle}/deploy/install.sh --host other.test")
        assert [Path(path).read_bytes() for path in kept] == before
        assert workers() == before_pids
        places = "/etc/wenshang-disclosure.env /var/lib/wenshang-disclosure /run/wenshang-disclosure.sock"
        modes = sh(f"stat -c '%a %U' {places}").splitlines()
        assert modes == ["640 root", "750 wenshang", "600 www-data"], modes
        return "settings, key and processes are the same"

    def s05_people_and_the_table(self):
        sh(
            "wenshang createsuperuser --noinput --username admin --name 系统管理员",
            DJANGO_SUPERUSER_PASSWORD=PASSWORD,
        )
        sh(
            "wenshang load_units && wenshang load_plan fixtures/plan-2024.json --issued-by admin",
        )
        code = (
            "from departments.models import *; from tasks.models import Assignment; "
            "unit = Unit.objects.get(name='南旺镇人民政府') if Unit.objects.filter(name='南旺镇人民政府') "
            "else Assignment.objects.filter(role='responsible').first().unit; "
            f"User.objects.create_user('town', password='{PASSWORD}', name='联络员甲', role='liaison', unit=unit); "
            "print('duty', Assignment.objects.filter(unit=unit).order_by('pk').first().pk)"
        )
        found = sh(f'wenshang shell -c "{code}"')
        self.duty = int(re.search(r"duty (\d+)", found)[1])
        return f"{query('SELECT count(*) FROM tasks_assignment')} duties"

    def s06_sign_in_through_nginx(self):
        self.town = Visitor("10.9.8.7").sign_in("town", PASSWORD)
        self.admin = Visitor().sign_in("admin", PASSWORD)
        assert self.admin.get("/dashboard/").status == 200
        return "two people, from two addresses"

    def s07_headers_and_protocols(self):
        answer = self.admin.get("/dashboard/")
        assert answer.headers["Server"] == "nginx"
        assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
        assert len(answer.headers.get_all("Strict-Transport-Security")) == 1
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        moved = sh(f"curl -s -o /dev/null -w '%{{http_code}} %{{redirect_url}}' http://{HOST}/tasks/?q=1")
        assert moved == f"301 https://{HOST}/tasks/?q=1", moved
        spoken = {name: _speaks(name) for name in ("tls1", "tls1_1", "tls1_2", "tls1_3")}
        assert spoken == {"tls1": False, "tls1_1": False, "tls1_2": True, "tls1_3": True}, spoken
        return "HSTS once, no version of nginx, http goes to https with its query, TLS 1.2 and 1.3 only"

    def s08_static_files(self):
        page = self.admin.get("/dashboard/").content.decode()
        css = re.search(r'href="(/static/[^"]+/tabler\.min\.[0-9a-f]{12}\.css)"', page)[1]
        sizes = {}
        for coding in ("br", "gzip", "identity"):
            answer = Visitor().get(css, **{"Accept-Encoding": coding})
            assert answer.headers.get("Content-Encoding", "identity") == coding, (coding, answer.headers)
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            sizes[coding] = len(answer.content)
        module = sh(f"cd {APP}/current/staticfiles && find . -name '*.mjs' | head -1").strip().lstrip(".")
        assert Visitor().get(f"/static{module}").headers["Content-Type"] == "text/javascript"
        assert Visitor().get("/static/../.env").status in (400, 404)
        assert Visitor().get("/static/%2e%2e/.env").status in (400, 404)
        return f"tabler.css {sizes}"

    def s09_forty_megabytes_up_and_down(self):
        line = "南旺镇,已发布政策解读材料,2024-09-30\n".encode()
        content = line * (40 * 1024 * 1024 // len(line))
        fields = {"action": "attach", "version": "0", "text": "已发布。", "file_kind": "other"}
        answer = self.town.post(f"/assignments/{self.duty}/report/", fields, [("files", "evidence.csv", content)])
        assert answer.status == 302, (
            answer.status,
            re.findall(r"invalid-feedback[^<]*<?[^<]*", answer.content.decode())[:5],
        )
        item = query("SELECT max(id) FROM tasks_evidence")
        got = self.town.ask("GET", f"/evidence/{item}/", headers={"X-Forwarded-For": "1.2.3.4"})
        assert hashlib.sha256(got.content).digest() == hashlib.sha256(content).digest()
        self.number = got.headers["X-Request-Id"]
        too_large = self.town.ask("POST", "/me/", b"x" * 1024, {"Content-Length": str(300 * 1024 * 1024)})
        assert too_large.status == 413
        assert "上传的文件过大" in too_large.content.decode()
        return f"{len(content)} bytes, the same sum; 300 MB are refused in Chinese"

    def s10_the_address_of_the_client(self):
        kept = query(
            "SELECT address || ' ' || request FROM audit_auditentry WHERE kind='export' ORDER BY id DESC LIMIT 1"
        )
        assert kept == f"10.9.8.7 {self.number}", kept
        assert self.number in Path("/var/log/nginx/wenshang-access.log").read_text()
        assert f"request={self.number}" in Path(JOURNAL).read_text()
        return (
            f"{kept}: the audit trail, nginx's log and the application's have one number, the forged header is nowhere"
        )

    def s11_no_secret_in_any_log(self):
        page = self.town.post("/me/", {}).content.decode()  # the page with its forms
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        made = self.town.ask(
            "POST",
            "/me/calendar/",
            f"csrfmiddlewaretoken={found}".encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        path = re.search(r"/calendar/[\w-]+\.ics", made.content.decode())[0]
        assert Visitor().get(path).status == 200
        sh("systemctl stop wenshang.service; systemctl stop wenshang.socket")
        away = Visitor().get(path)
        assert away.status == 502
        assert "系统暂时无法访问" in away.content.decode()
        sh("systemctl start wenshang.socket wenshang.service")
        self.town.get("/tasks/?q=typed-by-somebody")
        logs = sh("cat /var/log/nginx/*.log /var/log/journal.log")
        for secret in (path.split("/")[2][:20], "typed-by-somebody", PASSWORD, "联络员甲", TOKEN):
            assert secret not in logs, secret
        return "calendar address (also while the application was away), search words, password, name, token"

    def s12_a_killed_worker(self):
        some = [Stream(self.admin, "/assignments/"), Stream(self.town, "/assignments/")]
        with streams(*some):
            before = workers()
            os.kill(before[0], signal.SIGKILL)
            wait_for(lambda: len(workers()) == 3 and before[0] not in workers())
            time.sleep(2)
        assert sum(len(stream.wrong) for stream in some) <= 2, [stream.wrong for stream in some]
        return told(*some)

    def s13_reload_and_restart_lose_no_request(self):
        some = [Stream(self.admin, "/dashboard/"), Stream(self.town, "/assignments/"), Stream(Visitor(), "/healthz")]
        with streams(*some):
            for verb in ("reload", "restart", "reload"):
                before = set(workers())
                sh(f"systemctl {verb} wenshang.service")
                wait_for(lambda before=before: len(workers()) == 3 and not before & set(workers()))
        assert [stream.wrong for stream in some] == [[], [], []]
        return told(*some)

    def s14_metrics_of_all_workers(self):
        def count():
            answer = Visitor().get("/metrics", Authorization=f"Bearer {TOKEN}")
            assert answer.status == 200
            found = re.search(
                r'requests_total\{method="GET",status="200",view="healthz"\} (\S+)', answer.content.decode()
            )
            return float(found[1]) if found else 0.0

        assert Visitor().get("/metrics").status == 401
        before = count()
        for _ in range(30):
            Visitor().get("/healthz")
        assert count() == before + 30
        os.kill(workers()[1], signal.SIGKILL)
        wait_for(lambda: len(workers()) == 3)
        time.sleep(3)
        assert count() >= before + 30
        files = len(list(Path("/run/wenshang-disclosure").glob("*/*.db")))
        began = time.monotonic()
        size = len(Visitor().get("/metrics", Authorization=f"Bearer {TOKEN}").content)
        took = time.monotonic() - began
        return f"30 of 30 counted over 3 workers, kept after a kill; {files} files, {size} bytes in {took:.2f} s"

    def s15_a_database_that_hangs(self):
        pids = sh("pgrep -u postgres postgres").split()
        sh(f"kill -STOP {' '.join(pids)}")
        began = time.monotonic()
        answer = Visitor().get("/readyz")
        took = time.monotonic() - began
        alive = Visitor().get("/healthz").status
        sh(f"kill -CONT {' '.join(pids)}")
        assert (answer.status, alive) == (503, 200)
        assert took < 4, took
        wait_for(lambda: Visitor().get("/readyz").status == 200)
        return f"readyz said 503 after {took:.1f} s: {answer.content.decode().strip()}"

    def s16_what_the_timers_start(self):
        told_of = {}
        for unit in sorted(Path("/etc/systemd/system").glob("wenshang-*.service")):
            commands = re.findall(r"manage\.py (\w+)", unit.read_text())
            missing = [name for name in commands if not _is_known(name)]
            told_of[unit.stem] = f"{missing} not there yet" if missing else self._start(unit.stem)
        return told_of

    def _start(self, name):
        done = subprocess.run(["/usr/local/bin/systemctl", "start", f"{name}.service"], check=False)
        return "done" if done.returncode == 0 else f"ended with {done.returncode}"

    def s17_an_upgrade_with_a_migration(self):
        self.second = self._release("2.0-second", migration=True)
        some = [Stream(self.admin, "/dashboard/"), Stream(self.town, "/assignments/")]
        backup = "" if _is_known("backup") else "--no-backup"
        with streams(*some):
            sh(f"{self.second}/deploy/upgrade.sh {backup}")
        assert (APP / "current").resolve().name == "2.0-second"
        assert query("SELECT count(*) FROM rehearsal") == "0"
        assert [stream.wrong for stream in some] == [[], []]
        return told(*some)

    def s18_an_upgrade_that_does_not_come_up(self):
        third = self._release("3.0-broken")
        (third / "wenshang_disclosure" / "wsgi.py").write_text("raise RuntimeError('does not come up')\n")
        said = sh(f"{third}/deploy/upgrade.sh --no-backup", check=False)
        assert "重新启动版本 2.0-second" in said, said
        assert (APP / "current").resolve().name == "2.0-second"
        wait_for(lambda: Visitor().get("/readyz").status == 200)
        return "the one before runs again"

    def s19_roll_back(self):
        refused = sh(f"{APP}/current/deploy/rollback.sh", check=False)
        assert "Nothing was changed" in refused, refused
        assert "_rehearsal" in refused, refused
        assert (APP / "current").resolve().name == "2.0-second"
        some = [Stream(self.admin, "/dashboard/"), Stream(self.town, "/assignments/")]
        with streams(*some):
            sh(f"{APP}/current/deploy/rollback.sh --undo-migrations")
        assert (APP / "current").resolve().name == "1.0-first"
        assert query("SELECT count(*) FROM pg_tables WHERE tablename='rehearsal'") == "0"
        assert [stream.wrong for stream in some] == [[], []]
        return told(*some)

    def s20_figures(self):
        if not shutil.which("ab"):
            return "ab is missing (apache2-utils)"
        cookies = f"sessionid={self.admin.cookies['sessionid']}"
        found = []
        for path in ("/healthz", "/dashboard/", "/assignments/", "/tasks/"):
            said = sh(f"ab -q -n 200 -c 8 -H 'Cookie: {cookies}' https://{HOST}{path}")
            rate = re.search(r"Requests per second: +([\d.]+)", said)[1]
            worst = re.search(r"95% +(\d+)", said)[1]
            wrong = re.search(r"Non-2xx responses: +(\d+)", said)
            found.append(f"{path} {rate}/s, 95 % within {worst} ms{', WRONG ' + wrong[1] if wrong else ''}")
        memory = [int(sh(f"awk '/^Pss:/ {{print $2}}' /proc/{pid}/smaps_rollup")) // 1024 for pid in workers()]
        return f"{'; '.join(found)}; memory a worker {memory} MB"

    def _release(self, version, migration=False):
        made = self.work / version
        shutil.copytree(self.bundle, made, symlinks=True)
        (made / "VERSION").write_text(f"{version}\n")
        if migration:
            folder = made / "reports" / "migrations"
            last = sorted(path.stem for path in folder.glob("[0-9]*.py"))[-1]
            (folder / f"{int(last[:4]) + 1:04}_rehearsal.py").write_text(
                "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
                f"    dependencies = [('reports', '{last}')]\n"
                "    operations = [migrations.RunSQL('CREATE TABLE rehearsal (n int)', 'DROP TABLE rehearsal')]\n"
            )
        return made
