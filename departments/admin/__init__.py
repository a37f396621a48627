"""Django admin for units, collectives and people."""

from django.contrib import admin
from django.contrib.auth import admin as _  # noqa: F401 - import registers groups, so it has to come first
from django.contrib.auth.models import Group
from django_otp.plugins.otp_static.admin import StaticDevice  # import registers it, so it has to come first
from django_otp.plugins.otp_totp.admin import TOTPDevice

from . import collective, token, unit, user  # noqa: F401

admin.site.unregister(Group)  # roles are defined in code
admin.site.unregister([StaticDevice, TOTPDevice])  # their pages show the secrets
