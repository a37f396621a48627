"""Every test of the audit trail begins without keys and without a kept head."""

import pytest


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    settings.DATA_DIR = tmp_path
