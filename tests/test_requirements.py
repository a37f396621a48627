"""What is installed is pinned, and its files are known by their sums."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w,]+\])?==\S+((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-optional.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_with_the_sums_of_its_files(name):
    text = (ROOT / name).read_text()

    named = re.findall(r"^([A-Za-z][A-Za-z0-9._-]*)", text, re.MULTILINE)

    assert named == [found[0] for found in PINNED.findall(text)]
