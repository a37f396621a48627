"""Take the pictures of the README and the manual from a fresh trial run: `make screenshots`."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "screenshots"
PORT = 8765
BASE = f"http://127.0.0.1:{PORT}"
PASSWORD = "demo-2024-open"
TALLEST = 1500

# file name, demo account, address, what to click first
SHOTS = [
    ("sign-in", None, "/sign-in/", None),
    ("dashboard", "office", "/dashboard/?as_of=2024-11-30", None),
    ("tasks", "office", "/tasks/?as_of=2024-11-30", None),
    ("task", "shangwu", "/tasks/1/?as_of=2024-11-30", None),
    ("overdue", "office", "/overdue/?as_of=2024-11-30", None),
    ("reviews", "reviewer", "/reviews/", None),
    ("review", "reviewer", "/reviews/?claims=true", "td.wide a"),
    ("assignments-liaison", "zhongdu", "/assignments/", None),
    ("assignment", "zhongdu", "/assignments/", "td.wide a"),
    ("report", "zhongdu", "/assignments/?light=overdue", "td.wide a >> nth=1"),
    ("admin", "admin", "/admin/", None),
]


def main():
    """Serve a trial run of its own and picture each page."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="wenshang-pictures-") as folder:
        environment = {**os.environ, "DATA_DIR": folder, "DATABASE_URL": f"sqlite:///{folder}/pictures.sqlite3"}
        make = ["make", "run", f"PORT={PORT}"]
        server = subprocess.Popen(make, cwd=ROOT, env=environment, start_new_session=True)
        try:
            _wait(server)
            _take()
        finally:
            os.killpg(server.pid, 15)
            server.wait()


def _wait(server):
    for _ in range(300):
        if server.poll() is not None:
            sys.exit("The trial run stopped.")
        try:
            urllib.request.urlopen(f"{BASE}/readyz")
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(1)


def _take():
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*options, "--lang=zh-CN"])
        people = {}
        for name, who, address, click in SHOTS:
            page = people[who] if who in people else _person(browser, who)
            people[who] = page
            page.goto(BASE + address, wait_until="networkidle")
            if click:
                page.click(click)
                page.wait_for_load_state("networkidle")
            if name == "report":
                page.click("main .page-actions a.btn-primary")
                page.wait_for_load_state("networkidle")
            height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
            page.set_viewport_size({"width": 1440, "height": max(height, 600)})
            page.wait_for_timeout(300)
            page.screenshot(path=PICTURES / f"{name}.png")
            page.set_viewport_size({"width": 1440, "height": 900})
        browser.close()


def _person(browser, who):
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    if who:
        page.goto(f"{BASE}/sign-in/")
        page.fill("#id_username", who)
        page.fill("#id_password", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "sign-in" not in url)
    return page


if __name__ == "__main__":
    main()
