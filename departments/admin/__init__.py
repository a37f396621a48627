"""Units, collectives and people in Django admin."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django_otp.plugins.otp_static.admin import StaticDevice  # registered there, so it comes first
from django_otp.plugins.otp_totp.admin import TOTPDevice

from . import collective, token, unit, user  # noqa: F401

admin.site.unregister(Group)  # roles are code
admin.site.unregister([StaticDevice, TOTPDevice])  # their pages show the secrets
