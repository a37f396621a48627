"""Every page that the office and a unit's liaison may read is shown to them, on SQLite.

On PostgreSQL `test_access.py` reads every page as every role.
"""

import pytest

from .test_access import IN, READING, TABLE, address_of
from .world import bring_sheets, supervise

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

OFFICES = {name for name, row in TABLE.items() if row[READING]["office"] == IN}
PAGES = {"office": OFFICES, "liaison": {name for name, row in TABLE.items() if row[READING]["liaison"] == IN} - OFFICES}


@pytest.mark.parametrize("role", PAGES)
def test_every_page_that_a_role_reads_is_shown(client, county, role):
    bring_sheets(supervise(county))
    client.force_login(county.people[role])

    assert len(OFFICES) > 50
    assert {name: client.get(address_of(county, name)).status_code for name in PAGES[role]} == dict.fromkeys(
        PAGES[role], IN
    )
