"""What a run of the tests depends on outside the repository: the programs of the machine, and how long it may take."""

import os
import shutil

import pytest

LONG = os.environ.get("LONG_TESTS") == "1"
"""Whether the long forms run (`make test-long`): the whole year, every fault, many examples."""

ALL_PROGRAMS = os.environ.get("REQUIRE_PROGRAMS") == "1" or os.environ.get("CI") == "true"
"""Whether a test whose program is missing fails instead of being skipped."""

SYSTEM_FOLDERS = ("/usr/sbin", "/usr/libexec", "/usr/lib/openldap", "/usr/local/libexec")


def find_program(*names):
    """Return the path of the first of `names` that is installed, or None."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *SYSTEM_FOLDERS])
    return next(filter(None, (shutil.which(name, path=path) for name in names)), None)


def need_program(*names, package):
    """Return the path of the first of `names` that is installed; skip or fail the test where none is."""
    found = find_program(*names)
    if found is None:
        skip_or_fail(f"needs {names[0]} (Debian: {package})")
    return found


def skip_or_fail(reason):
    """Skip the test for something that the machine lacks, or fail it where everything has to be there."""
    if ALL_PROGRAMS:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
