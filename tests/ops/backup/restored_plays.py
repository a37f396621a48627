"""Restores a backup onto a new machine's SQLite, backs that up, and signs in there. Run by test_rehearsal.py."""

# ruff: noqa: E402

# ruff: noqa: E402

import sys
from pathlib import Path

import django

django.setup()

from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment
from django.urls import reverse

setup_test_environment()
given, again, username, password = sys.argv[1:]
call_command("restore", given)
call_command("backup", Path(again))
browser = Client()
browser.post(reverse("departments:sign-in"), {"username": username, "password": password})
for page in ("tasks:assignments", "tasks:tasks"):
    print(page, browser.get(reverse(page)).status_code)
