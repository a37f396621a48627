"""nginx and gunicorn by the files of deploy/, on ports and folders of the test's own."""

import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.environment import need_program

ROOT = Path(__file__).resolve().parents[2]
HOST = "duban.test"
TOKEN = "m" * 40


class Site:
    """Where it runs, and how to ask it."""

    def __init__(self, folder):
        self.folder, self.http, self.https = folder, _free_port(), _free_port()

    def ask(self, path, method="GET", plain=False, **headers):
        """Return the answer to one request."""
        if plain:
            line = http.client.HTTPConnection("127.0.0.1", self.http, timeout=20)
        else:
            trust = ssl.create_default_context(cafile=self.folder / "tls" / "fullchain.pem")
            line = _ByName("127.0.0.1", self.https, context=trust, timeout=20)
        line.request(method, path, headers={"Host": HOST, **{k.replace("_", "-"): v for k, v in headers.items()}})
        answer = line.getresponse()
        answer.content = answer.read()
        line.close()
        return answer

    def answers(self):
        """Return whether both are up."""
        try:
            return self.ask("/healthz").status == 200
        except OSError:
            return False

    def log(self, name):
        return (self.folder / name).read_text()

    def workers(self):
        return {int(pid) for pid in subprocess.check_output(["pgrep", "-P", str(self.gunicorn.pid)]).split()}


class _ByName(http.client.HTTPSConnection):
    def connect(self):
        plain = socket.create_connection((self.host, self.port), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=HOST)


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _wait_for(what, seconds=30):
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    need_program("nginx", package="nginx")
    need_program("openssl", package="openssl")
    site = Site(tmp_path_factory.mktemp("site"))
    site.folder.chmod(0o755)
    _certificate(site.folder / "tls")
    _static_files(site.folder / "current" / "staticfiles")
    shutil.copytree(ROOT / "deploy" / "nginx", site.folder / "current" / "deploy" / "nginx")
    site.gunicorn = _gunicorn(site)
    nginx = _nginx(site)
    try:
        _wait_for(site.answers)
        yield site
    finally:
        nginx.terminate()
        site.gunicorn.send_signal(signal.SIGQUIT)
        for process in (nginx, site.gunicorn):
            process.wait(20)


def _certificate(folder):
    folder.mkdir()
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    words += ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    words += ["-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"]
    subprocess.run(words, check=True, capture_output=True)


def _static_files(folder):
    folder.mkdir(parents=True)
    (folder / "app.0123456789ab.css").write_text("as it is")
    (folder / "app.0123456789ab.css.gz").write_bytes(b"packed")
    (folder / "plain.css").write_text("without a sum")
    (folder / "module.0123456789ab.mjs").write_text("module")


def _gunicorn(site):
    keep = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    environment = {
        **keep,
        "DJANGO_SETTINGS_MODULE": "tests.deploy.settings",
        "SECRET_KEY": "k" * 60,
        "DATA_DIR": str(site.folder / "data"),
        "DATABASE_URL": f"sqlite:///{site.folder}/none.sqlite3",
        "ALLOWED_HOSTS": HOST,
        "TRUSTED_PROXIES": "1",
        "METRICS_TOKEN": TOKEN,
        "WEB_WORKERS": "2",
        "WEB_LISTEN": f"unix:{site.folder}/gunicorn.sock",
        "RUNTIME_DIRECTORY": str(site.folder),
        "LOG_LEVEL": "DEBUG",
    }
    unit = (ROOT / "deploy" / "systemd" / "wenshang.service").read_text()
    command = re.search(r"^ExecStart=\S+/python (.*)$", unit, re.MULTILINE)[1].split()
    with open(site.folder / "app.log", "w") as log:
        return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stdout=log, stderr=log)


def _nginx(site):
    replaced = {
        "listen 80;": f"listen 127.0.0.1:{site.http};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{site.https} ssl http2;",
        "listen [::]:80;": "",
        "listen [::]:443 ssl http2;": "",
        "@HOST@": HOST,
        "@UPSTREAM@": f"unix:{site.folder}/gunicorn.sock",
        "/etc/wenshang-disclosure/tls": str(site.folder / "tls"),
        "/opt/wenshang-disclosure/current": str(site.folder / "current"),
        "/etc/nginx/wenshang/": f"{ROOT}/deploy/nginx/",
        "/var/cache/wenshang-disclosure": str(site.folder),
        "/var/log/nginx": str(site.folder),
        f"include {ROOT}/deploy/nginx/static-*.conf;": "",  # its module is not on every machine
        "include mime.types;": "include /etc/nginx/mime.types;",
    }
    written = (ROOT / "deploy" / "nginx" / "wenshang.conf").read_text()
    for before, after in replaced.items():
        written = written.replace(before, after)
    user = "user root;" if os.geteuid() == 0 else ""
    main = f"daemon off; {user} pid {site.folder}/nginx.pid; error_log {site.folder}/nginx.log; events {{}} "
    main += f"http {{ {written} }}"
    (site.folder / "nginx.conf").write_text(main)
    return subprocess.Popen(["nginx", "-c", site.folder / "nginx.conf"], env={"PATH": "/usr/sbin:/usr/bin"})


def test_plain_http_is_sent_on_to_tls_with_its_query(site):
    answer = site.ask("/tasks/?light=overdue", plain=True)

    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/tasks/?light=overdue")


def test_security_headers_come_once_and_no_version_is_told(site):
    headers = site.ask("/healthz").headers

    assert headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
    assert headers["Server"] == "nginx"


@pytest.mark.parametrize(
    ("path", "coding", "content", "kept"),
    [
        ("/static/app.0123456789ab.css", "gzip", b"packed", "public, max-age=31536000, immutable"),
        ("/static/app.0123456789ab.css", "identity", b"as it is", "public, max-age=31536000, immutable"),
        ("/static/plain.css", "gzip", b"without a sum", "public, max-age=300"),
    ],
)
def test_static_files_come_packed_and_are_kept_while_their_name_has_a_sum(site, path, coding, content, kept):
    answer = site.ask(path, Accept_Encoding=coding)

    assert (answer.content, answer.headers["Cache-Control"]) == (content, kept)


def test_a_module_is_told_as_a_script(site):
    assert site.ask("/static/module.0123456789ab.mjs").headers["Content-Type"] == "text/javascript"


@pytest.mark.parametrize("path", ["/static/../deploy/nginx/proxy.conf", "/static../deploy/nginx/proxy.conf"])
def test_no_way_leads_out_of_the_static_files(site, path):
    assert site.ask(path).status in (400, 404, 500)  # 500: the application's 404 page has no manifest here


def test_one_number_goes_through_all_logs_and_none_that_a_client_sends(site):
    answer = site.ask("/healthz", X_Request_Id="0123456789ab")

    number = answer.headers["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{12}", number)
    assert number != "0123456789ab"
    assert number in site.log("wenshang-access.log")
    assert f"request={number}" in site.log("app.log")


def test_too_large_an_upload_is_refused_in_chinese_before_it_is_sent(site):
    answer = site.ask("/me/", "POST", Content_Length=str(300 * 1024 * 1024))

    assert answer.status == 413
    assert "上传的文件过大" in answer.content.decode()


def test_neither_calendar_addresses_nor_queries_come_into_a_log(site):
    site.ask("/calendar/secret-of-somebody.ics")
    site.ask("/healthz?q=typed-by-somebody")

    logs = "".join(site.log(name) for name in ("wenshang-access.log", "wenshang-error.log", "nginx.log", "app.log"))
    assert "secret-of-somebody" not in logs
    assert "typed-by-somebody" not in logs
    assert "/healthz" in logs


def test_counts_of_all_workers_are_one_and_outlive_a_worker(site):
    def counted():
        text = site.ask("/metrics", Authorization=f"Bearer {TOKEN}").content.decode()
        found = re.search(r'requests_total\{method="HEAD",status="200",view="healthz"\} (\S+)', text)
        return float(found[1]) if found else 0

    for _ in range(12):
        site.ask("/healthz", "HEAD")
    assert counted() == 12

    killed = min(site.workers())
    os.kill(killed, signal.SIGKILL)
    _wait_for(lambda: len(site.workers()) == 2 and killed not in site.workers())
    site.ask("/healthz", "HEAD")
    assert counted() == 13


def test_while_the_application_is_away_a_page_says_so(site):
    os.rename(site.folder / "gunicorn.sock", site.folder / "away.sock")
    try:
        answer = site.ask("/calendar/secret-of-somebody.ics")
    finally:
        os.rename(site.folder / "away.sock", site.folder / "gunicorn.sock")

    assert answer.status == 502
    assert "系统暂时无法访问" in answer.content.decode()
    assert "secret-of-somebody" not in site.log("wenshang-error.log") + site.log("nginx.log")
