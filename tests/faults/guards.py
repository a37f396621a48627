"""Prints the append-only tables that the database does not guard. Run in a process of its own."""

# ruff: noqa: E402

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "wenshang_disclosure.settings"

import django

django.setup()

from django.db import connection

from wenshang_disclosure.audit import guards

if __name__ == "__main__":
    print(" ".join(guards.missing(connection)))
