"""Indexes of the tables that grow with the duties: none is the beginning of another."""

import pytest
from django.db import models
from django.db.models import ForeignKey

from tasks.models import (
    Assignment,
    AutomaticReminder,
    Evidence,
    LeadOpinion,
    Notification,
    ProgressReport,
    QualityRating,
    ReminderItem,
    RoundItem,
    Transition,
)

GROWING = [
    *(Assignment, AutomaticReminder, Evidence, LeadOpinion, Notification),
    *(ProgressReport, QualityRating, ReminderItem, RoundItem, Transition),
]


@pytest.mark.parametrize("model", GROWING)
def test_no_index_is_the_beginning_of_another(model):
    whole = [one for one in (*model._meta.indexes, *model._meta.constraints) if getattr(one, "condition", None) is None]
    first = {one.fields[0] for one in whole if isinstance(one, models.Index | models.UniqueConstraint) and one.fields}

    indexed = {field.name for field in model._meta.fields if isinstance(field, ForeignKey) and field.db_index}

    assert first & indexed == set()
