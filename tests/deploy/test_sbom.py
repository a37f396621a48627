"""The papers for the information office (docs/approval/) name what is installed, and so does the SBOM."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = (ROOT / "docs" / "approval" / "components.md").read_text()


@pytest.fixture(scope="module")
def sbom():
    """Return deploy/sbom.py, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("sbom", ROOT / "deploy" / "sbom.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def listed_below(heading):
    """Return the first cells of the table below a heading."""
    section = COMPONENTS.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [row for row in re.findall(r"^\| ([^ |]+)", section, re.MULTILINE) if row != "组件"]


@pytest.mark.parametrize(
    ("heading", "file"), [("二、基本组件", "requirements.txt"), ("三、可选组件", "requirements-optional.txt")]
)
def test_the_list_of_components_is_that_of_the_requirements(sbom, heading, file):
    assert [sbom.plain(name) for name in listed_below(heading)] == sbom.named(file)


def test_the_list_of_components_has_what_is_vendored(sbom):
    named = [re.match(r"[@/\w-]+", name, re.ASCII)[0] for name in listed_below("四、随源代码带来的网页组件")]

    assert named == [part["name"] for part in sbom.vendored()]
    assert len(named) == len([path for path in (ROOT / "static" / "vendor").iterdir() if path.is_dir()])


def test_an_sbom_has_what_is_installed_with_licences_and_nothing_for_development(sbom):
    names = [*sbom.named("requirements.txt"), *sbom.named("requirements-optional.txt")]
    parts = [{"bom-ref": name, "name": name} for name in [*names, "pytest"]]
    leads = [{"ref": name, "dependsOn": ["asgiref", "pytest"]} for name in ("django", "pytest")]
    bom = {"metadata": {"component": {"bom-ref": "root"}}, "components": parts, "dependencies": leads}

    made = sbom.of_the_product(bom)

    vendored = [part["name"] for part in sbom.vendored()]
    assert [part["name"] for part in made["components"]] == [*names, *vendored]
    by_name = {part["name"]: part for part in made["components"]}
    assert by_name["ldap3"] == {"bom-ref": "ldap3", "name": "ldap3", "scope": "optional"}
    assert by_name["pyrage"] == {
        "bom-ref": "pyrage",
        "name": "pyrage",
        "scope": "required",
        "licenses": [{"license": {"id": "MIT"}}],
    }
    whole, django = made["dependencies"]
    assert whole["dependsOn"] == sorted(part["bom-ref"] for part in made["components"])
    assert django == {"ref": "django", "dependsOn": ["asgiref"]}
