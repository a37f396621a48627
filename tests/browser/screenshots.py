"""Take the pictures of the README and the manual from a fresh trial run: `make screenshots`."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.tasks.imports.makers import UP, docx_file

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "screenshots"
PORT = 8765
BASE = f"http://127.0.0.1:{PORT}"
PASSWORD = "demo-2024-open"
TALLEST, COLOURS = 1500, 96
NEXT = date.today().year + 1
TITLE = f"{NEXT}年汶上县政务公开重点任务清单"
TABLE = [
    ["序号", "重点任务", "工作内容", "主办单位", "协办单位", "时限要求"],
    ["1", "政策公开", "做好政策文件集中公开，每年至少开展2次政策解读活动。", "县司法局", "县住建局", "12月底前"],
    ["2", UP, "规范政府信息公开指南，及时更新机构职能。", UP, "各镇街", "尽快"],
    ["3", "平台建设", "推进政务新媒体矩阵建设。", "县融媒体中心", "县政府有关部门、单位", "每季度末"],
]

UPLOADED, WRITTEN = object(), object()

# file name, demo account, address, what to click first; rows of the current year come after the 59 of 2024
SHOTS = [
    ("sign-in", None, "/sign-in/", None),
    ("office-worklist", "office", "/worklist/", None),
    ("dashboard", "office", "/dashboard/", None),
    ("unit", "office", "/units/26/", None),
    ("people", "office", "/people/", None),
    ("tasks", "office", "/tasks/", None),
    ("task", "shangwu", "/tasks/60/", None),
    ("overdue", "office", "/overdue/", None),
    ("reviews", "reviewer", "/reviews/", None),
    ("review", "reviewer", "/reviews/?claims=true", "td.wide a"),
    ("worklist", "zhongdu", "/worklist/", None),
    ("batch-report", "zhongdu", "/worklist/report/?of=all", None),
    ("assignment", "zhongdu", "/assignments/", "td.clip a"),
    ("report", "zhongdu", "/assignments/?light=on_track", "td.clip a >> nth=1"),
    ("supervision", "office", "/supervision/", None),
    ("reminder", "office", "/reminders/", "tbody a"),
    ("round", "office", "/rounds/3/", None),
    ("lead", "shangwu", "/lead/64/", None),
    ("admin", "admin", "/admin/", None),
    ("import", "office", "/plans/import/", UPLOADED),
    ("draft-plan", "office", "/plans/", WRITTEN),
    ("issue", "office", "/plans/3/issue/", None),
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
            if click is UPLOADED:
                _upload(page)
            elif click is WRITTEN:
                _write_a_draft(page)
            elif click:
                page.click(click)
                page.wait_for_load_state("networkidle")
            if name == "report":
                page.click("main .page-actions a.btn-primary")
                page.wait_for_load_state("networkidle")
            height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
            page.set_viewport_size({"width": 1440, "height": max(height, 600)})
            page.wait_for_timeout(300)
            page.screenshot(path=PICTURES / f"{name}.png")
            _make_small(PICTURES / f"{name}.png")
            page.set_viewport_size({"width": 1440, "height": 900})
        browser.close()


def _make_small(path):
    """Reduce a picture to the colours that a page needs: a third of the size, and nobody sees it."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def _upload(page):
    """Bring in a small table in which something is left to ask."""
    with tempfile.TemporaryDirectory() as folder:
        page.set_input_files("#id_upload", docx_file(Path(folder) / f"{NEXT}年任务清单.docx", TABLE, before=[TITLE]))
        page.fill("#id_year", str(NEXT))
        page.click("main form button[type=submit]")
        page.wait_for_selector("#answers", timeout=60_000)


def _write_a_draft(page):
    """Settle that table, so that there is a draft plan."""
    page.goto(f"{BASE}/plans/import/")
    page.click("td a")
    page.get_by_label("各镇街").select_option(index=1)
    page.get_by_role("button", name="其余没有相近名称的").click()
    page.get_by_label("尽快：按什么时限").select_option("ongoing")
    page.get_by_role("button", name="写入拟制稿").click()
    page.wait_for_url("**/plans/3/")


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
