"""A test of the audit trail begins without keys and a kept head, unless it takes the county that others share."""

import pytest


@pytest.fixture(autouse=True)
def _own_keys(request, settings, tmp_path):
    if "shared_county" not in request.fixturenames:
        settings.DATA_DIR = tmp_path
