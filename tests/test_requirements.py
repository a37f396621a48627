"""What is installed is pinned, and its files are known by their sums."""

import re
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w,]+\])?==\S+((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-optional.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_with_the_sums_of_its_files(name):
    text = (ROOT / name).read_text()

    named = re.findall(r"^([A-Za-z][A-Za-z0-9._-]*)", text, re.MULTILINE)

    assert named == [found[0] for found in PINNED.findall(text)]


def pinned_in(name):
    """Return the `Requirement`s of a file and of those that it includes."""
    text = (ROOT / name).read_text()
    found = [Requirement(line.split(" ")[0]) for line in re.findall(r"^[A-Za-z].*", text, re.MULTILINE)]
    return found + [one for other in re.findall(r"^-r (\S+)", text, re.MULTILINE) for one in pinned_in(other)]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-optional.txt", "requirements-dev.txt"])
def test_each_file_pins_what_its_packages_need(name):
    pinned = pinned_in(name)
    known = {canonicalize_name(one.name) for one in pinned}

    needed = {
        canonicalize_name(need.name): one.name
        for one in pinned
        for need in map(Requirement, distribution(one.name).requires or [])
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *one.extras))
    }

    assert {need: by for need, by in needed.items() if need not in known} == {}
