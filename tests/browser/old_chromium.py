"""Chromium 87, the oldest browser that pages are made for, where `OLD_CHROMIUM` names its program."""

import os
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager

PROGRAM = os.environ.get("OLD_CHROMIUM")
VISIBLE = """(() => {
    // Playwright asks pages for what came later; only its own world gets it, not that of the page's scripts.
    if (!Element.prototype.checkVisibility)
        Element.prototype.checkVisibility = function () {
            return this.getClientRects().length > 0 && getComputedStyle(this).visibility === "visible";
        };
    return { query: () => null, queryAll: () => [] };
})()"""


@contextmanager
def started(playwright, options):
    """Start it without a window and let Playwright speak to it."""
    playwright.selectors.register("what-came-later", VISIBLE, content_script=True)
    with socket.socket() as probe, tempfile.TemporaryDirectory() as profile:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        words = ["--headless", "--no-zygote", "--use-gl=swiftshader", f"--user-data-dir={profile}"]
        command = [PROGRAM, *words, *options, f"--remote-debugging-port={port}", "about:blank"]
        program = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            yield playwright.chromium.connect_over_cdp(_address_of(port))
        finally:
            program.kill()
            program.wait()


def _address_of(port):
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return f"http://127.0.0.1:{port}"
        time.sleep(0.1)
    raise RuntimeError("Chromium 87 did not start.")


def prepare(context):
    """Hand each request through Playwright: without, this build falls over a second page out of its cache."""
    context.route("**/*", lambda route: route.continue_())
