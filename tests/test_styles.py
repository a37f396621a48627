"""Tabler's style sheet is cut to what pages use (`make styles`): no page may use a class of it that was cut away."""

import re

from django.conf import settings

ROOT = settings.BASE_DIR
OF_TABLER = frozenset((ROOT / "tests" / "tabler_classes.txt").read_text().split())
TAGS = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
CLASSES = re.compile(r"""class(?:Name)?\\?=["']([^"']*)["']""")
MOST_BYTES = 100_000


def used():
    """Return `{class: a file that names it}` of templates, scripts and Python."""
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static" / "js").glob("*.js")]
    for app in ("departments", "reports", "tasks", "wenshang_disclosure"):
        files += (ROOT / app).rglob("*.py")
    found = {}
    for file in files:
        for written in CLASSES.findall(TAGS.sub(" ", file.read_text())):
            found |= dict.fromkeys(written.split(), file.name)
    return found


def test_every_class_of_tabler_that_is_used_is_in_the_style_sheet():
    sheet = next((ROOT / "static" / "vendor").glob("tabler-1*/tabler.min.css")).read_text()
    kept = set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", sheet))
    classes = used()

    assert {"btn", "card", "form-select"} <= OF_TABLER & classes.keys() & kept
    assert {name: file for name, file in classes.items() if name in OF_TABLER - kept} == {}
    assert len(sheet.encode()) < MOST_BYTES
