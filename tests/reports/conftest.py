"""The livelier county of the reports' tests."""

import pytest
import time_machine

from .lives import THE_END, lively_county


@pytest.fixture(scope="module")
def shared_lives(share):
    """The months of `lively_county` as the module's tests share them."""
    return share(lively_county)


@pytest.fixture
def lives(db, shared_lives, evidence_folder):
    """Who reads, on the day after the last of the months: the office, a liaison whose unit leads half of the rows, one
    of another unit.
    """
    with time_machine.travel(THE_END, tick=False):
        yield shared_lives.copy_into(evidence_folder)
