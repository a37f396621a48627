"""What pages cost a browser: bytes and requests of the first and of a later visit, how soon the largest part is drawn,
what moves meanwhile, and how long the slowest answer to a click or key takes on a machine a quarter as fast.
"""

import json
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import sync_playwright

from .server import PASSWORD

SLOWDOWN = 4
TIMES = 3
REVIEWS = 20
HEAD = f"{'':22}{'first kB':>10}{'requests':>10}{'later kB':>10}{'requests':>10}{'LCP ms':>9}{'shift':>8}"
WATCH = """
window.seen = { lcp: 0, shift: 0, answers: {} };
const watch = (type, take, more) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
watch("largest-contentful-paint", (entry) => (seen.lcp = entry.startTime));
watch("layout-shift", (entry) => entry.hadRecentInput || (seen.shift += entry.value));
watch("event", (entry) => {
    if (!entry.interactionId) return;
    seen.answers[entry.interactionId] = Math.max(seen.answers[entry.interactionId] || 0, entry.duration);
}, { durationThreshold: 16 });
"""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))"
WIDTH, HEIGHT = 1440, 900


@dataclass
class Visit:
    """Bytes over the wire, requests that reached the server, and what was seen."""

    bytes: int
    requests: int
    lcp: float
    shift: float


def pages(ids):
    """Return the six main pages: name, who opens it, address."""
    office, liaison, plan = "load-office", "load-liaison", f"plan={ids['plan']}"
    return [
        ("worklist of the office", office, "/worklist/"),
        ("worklist of a unit", liaison, "/worklist/"),
        ("list of duties", office, f"/assignments/?{plan}"),
        ("dashboard", office, f"/dashboard/?{plan}"),
        ("review", office, f"/reviews/{ids['waiting']}/"),
        ("batch reporting", liaison, "/worklist/report/?of=all"),
    ]


def print_front(installation):
    """Measure and print the six pages, then the answers of the matrix and of batch reporting."""
    ids = json.loads(installation.child("tests.bench.floors", "subjects"))
    installation.child("tests.bench.floors", "open")
    with installation, _chromium() as browser:
        signed_in = {who: _sign_in(browser, installation, who) for who in ("load-office", "load-liaison")}
        print(f"\na browser's view, CPU slowed {SLOWDOWN} times for LCP and answers\n{HEAD}")
        for name, who, path in pages(ids):
            print(f"{name:22}" + _line(*_visits(browser, signed_in[who], path)), flush=True)
        print(f"\nslowest answer to a click or key, ms (median of {TIMES}), and its CPU times {SLOWDOWN}")
        for name, who, path, steps in (
            ("matrix", "load-office", f"/matrix/?plan={ids['plan']}", _matrix),
            ("batch reporting", "load-liaison", "/worklist/report/?of=all", _batch),
        ):
            print(f"{name:22}" + _answers(browser, signed_in[who], path, steps), flush=True)
        took = _reviews(browser, signed_in["load-office"], f"/reviews/{ids['waiting']}/")
        print(f"\n{len(took)} reports approved by key: {median(took):.0f} ms from the key to the next report")


def _line(first, later):
    shift = max(first.shift, later.shift)
    return (
        f"{first.bytes / 1000:10.1f}{first.requests:10}{later.bytes / 1000:10.1f}{later.requests:10}"
        f"{first.lcp:9.0f}{shift:8.3f}"
    )


@contextmanager
def _chromium():
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def _sign_in(browser, installation, who):
    """Return what a browser keeps of a session, for visitors whose cache is empty."""
    page = browser.new_page(base_url=f"http://127.0.0.1:{installation.port}")
    page.goto("/sign-in/")
    page.get_by_label("用户名").fill(who)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "/sign-in/" not in address)
    state = page.context.storage_state()
    page.close()
    return {"storage_state": state, "base_url": f"http://127.0.0.1:{installation.port}"}


@contextmanager
def _visitor(browser, signed_in, slowdown=SLOWDOWN):
    """A page of a browser with an empty cache, and its line to the browser's tools."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="zh-CN", **signed_in)
    context.add_init_script(WATCH)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    yield page, tools
    context.close()


def _visits(browser, signed_in, path):
    """Return the first and a later visit."""
    with _visitor(browser, signed_in) as (page, tools):
        tools.send("Network.enable")
        sizes, kept = {}, set()
        tools.on("Network.requestServedFromCache", lambda told: kept.add(told["requestId"]))
        tools.on("Network.loadingFinished", lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]}))
        found = []
        for _ in range(2):
            sizes.clear()
            page.goto(path, wait_until="networkidle")
            page.evaluate(DRAWN)
            over_the_wire = [size for number, size in sizes.items() if size and number not in kept]
            seen = page.evaluate("seen")
            found.append(Visit(sum(over_the_wire), len(over_the_wire), seen["lcp"], seen["shift"]))
        return found


def _reviews(browser, signed_in, first):
    """Return the milliseconds from each key that approves a report until the next one is shown."""
    taken = []
    with _visitor(browser, signed_in, slowdown=1) as (page, _tools):
        page.goto(first)
        for _ in range(REVIEWS):
            page.locator("[data-decision][data-fetched]").wait_for()
            before = page.locator("h1").inner_text()
            begun = time.perf_counter()
            page.keyboard.press("a")
            page.wait_for_function("before => document.querySelector('h1').innerText !== before", arg=before)
            taken.append(1000 * (time.perf_counter() - begun))
    return taken


def _answers(browser, signed_in, path, steps):
    """Return what the slowest answer of each run took on a slow CPU by the clock, and the main thread's own time until
    the slowest answer was drawn, times as much: that of a machine with nothing else to do.
    """
    slowest = []
    for _ in range(TIMES):
        with _visitor(browser, signed_in) as (page, _tools):
            page.goto(path, wait_until="networkidle")
            for step in steps(page):
                step()
                page.evaluate(DRAWN)
            page.wait_for_timeout(300)
            slowest.append(page.evaluate("Math.max(0, ...Object.values(seen.answers))"))
    with _visitor(browser, signed_in, slowdown=1) as (page, tools):
        page.goto(path, wait_until="networkidle")
        busy = max(_until_drawn(_traced(page, tools, step)) for step in steps(page))
    return f"{median(slowest):12.0f}{SLOWDOWN * busy:12.0f}"


def _traced(page, tools, step):
    """Return the browser's own record of a step."""
    events, complete = [], []
    tools.on("Tracing.dataCollected", lambda told: events.extend(told["value"]))
    tools.once("Tracing.tracingComplete", lambda told: complete.append(told))
    config = {"includedCategories": ["devtools.timeline", "disabled-by-default-devtools.timeline"]}
    tools.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": config})
    step()
    page.evaluate(DRAWN)
    tools.send("Tracing.end")
    while not complete:
        page.wait_for_timeout(20)
    return [event for event in events if event.get("ph") == "X"]


def _until_drawn(events):
    """Return the milliseconds of CPU from each event that a person caused to the frame that follows; of the slowest."""
    spent = [0]
    for event in events:
        if event["name"] != "EventDispatch" or event["args"]["data"]["type"] not in ("pointerdown", "keydown", "click"):
            continue
        thread = [one for one in events if (one["pid"], one["tid"]) == (event["pid"], event["tid"])]
        handled = event["ts"] + event["dur"]
        drawn = min(
            (one["ts"] + one["dur"] for one in thread if one["name"] == "Commit" and one["ts"] > handled), default=0
        )
        tasks = (one for one in thread if one["name"] == "RunTask" and one["ts"] < drawn)
        spent.append(sum(one.get("tdur", 0) for one in tasks if one["ts"] + one["dur"] > event["ts"]) / 1000)
    return max(spent)


def _matrix(page):
    """Yield the steps through the cells by keys, into one by the mouse, and out of it."""
    cells = page.locator("[data-matrix] tbody td[class]:not(.sum)")
    cells.first.focus()
    for key in ("ArrowRight", "ArrowDown", "PageDown", "End", "Control+ArrowRight", "Control+End", "Control+Home"):
        yield lambda key=key: page.keyboard.press(key)
    cells.nth(40).hover()
    yield lambda: (page.mouse.down(), page.mouse.up())
    page.locator("#matrix-duty h2").wait_for()
    yield lambda: page.keyboard.press("Escape")


def _batch(page):
    """Yield the steps of typing into rows, claiming completion, going on by the key, and looking for a word."""
    rows = page.locator(".b-row[data-autosave]")
    for number in (1, 2, 30):
        rows.nth(number).locator("textarea[data-field=text]").hover()
        yield lambda: (page.mouse.down(), page.mouse.up())
        for sign in "abc":
            yield lambda sign=sign: page.keyboard.press(sign)
        rows.nth(number).locator("input[data-field=claims_completion]").hover()
        yield lambda: (page.mouse.down(), page.mouse.up())
    yield lambda: page.keyboard.press("Control+Enter")
    for place in ("[data-show=draft]", "[data-show='']", "[data-finds-row]"):
        page.locator(place).hover()
        yield lambda: (page.mouse.down(), page.mouse.up())
    yield lambda: page.keyboard.press("a")
