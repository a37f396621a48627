"""Every page that the office and a unit's liaison may read is shown to them."""

import pytest

from .test_access import IN, READING, TABLE, address_of
from .world import supervise

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ["office", "liaison"])
def test_every_page_that_a_role_reads_is_shown(client, county, role):
    supervise(county)
    client.force_login(county.people[role])
    pages = [name for name, row in TABLE.items() if row[READING][role] == IN]

    assert len(pages) > 50
    assert {name: client.get(address_of(county, name)).status_code for name in pages} == dict.fromkeys(pages, IN)
