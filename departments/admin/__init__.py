"""Units, collectives and people in Django admin."""

from django.contrib import admin
from django.contrib.auth.models import Group

from . import collective, token, unit, user  # noqa: F401

admin.site.unregister(Group)  # roles are code
