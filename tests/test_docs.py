"""What the docs name exists: sections that code refers to, and the paths and links of the maps."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DESIGN = ROOT / "docs" / "design.md"
CODE = ("wenshang_disclosure", "departments", "tasks", "reports", "api", "tests")
PAGES = sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/*.md")) + sorted(ROOT.glob("docs/approval/*.md"))


def references():
    """Return what follows each "design: " in the code, with the file that it stands in."""
    files = (path for top in CODE for path in (ROOT / top).rglob("*.py") if path != Path(__file__))
    for path in files:
        text = re.sub(r"\s+", " ", path.read_text())
        yield from ((str(path.relative_to(ROOT)), rest[:60]) for rest in re.split(r"\bdesign: ", text)[1:])


def names_headings(text, headings):
    """Say whether a reference begins with a heading, and each further name after a comma is one as well."""
    heading = next((heading for heading in headings if text.startswith(heading)), None)
    if heading is None:
        return False
    rest = text.removeprefix(heading)
    return names_headings(rest[2:], headings) if re.match(r", [A-Z]", rest) else True


def test_every_section_of_the_design_that_code_names_is_a_heading():
    headings = re.findall(r"^## (.+)$", DESIGN.read_text(), re.MULTILINE)

    found = list(references())

    assert len(found) > 50
    assert [(path, text) for path, text in found if not names_headings(text, headings)] == []


def test_every_folder_of_the_design_s_map_exists():
    listing = DESIGN.read_text().partition("## The house")[2].split("```")[1]
    paths, folders = [], []
    for indent, name in re.findall(r"^( *)(\w+/)", listing, re.MULTILINE):
        folders = [*folders[: len(indent) // 2], name]
        paths.append("".join(folders))

    assert len(paths) > 30
    assert [path for path in paths if not (ROOT / path).is_dir()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_of_the_source_that_a_page_names_exists(page):
    tops = "|".join((*CODE, "deploy", "docs", "fixtures", "static", "templates"))
    named = re.findall(rf"`((?:{tops})/[\w./-]*)`", page.read_text())

    assert [path for path in named if page.name != "CHANGELOG.md" and not _exists(path)] == []


def _exists(path):
    return (ROOT / path).exists() or path.startswith("deploy/wheelhouse")  # made by `make bundle`


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file(page):
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())

    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
