"""What axe-core finds on a page."""

from axe_playwright_python.base import AXE_SCRIPT

SERIOUS = """async () => {
    const found = await axe.run({ resultTypes: ["violations"] });
    return found.violations
        .filter(({ impact }) => ["serious", "critical"].includes(impact))
        .map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html.slice(0, 150))]);
}"""


def faults_of(page, *, with_axe=True):
    """Return the name and the first places of each serious or critical finding, once nothing more is fetched; and
    whether the page is wider than its window.
    """
    page.wait_for_function("!document.querySelector('.htmx-request')")
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return [*(["too wide"] if wide else []), *(_findings(page) if with_axe else [])]


def _findings(page):
    page.evaluate(AXE_SCRIPT)
    return page.evaluate(SERIOUS)
