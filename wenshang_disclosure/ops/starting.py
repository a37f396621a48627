"""Checks at the start of commands and the server; a fault ends it with one line instead of a traceback."""

import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db.utils import OperationalError

WRONG_SETTING = 2
CANNOT_SERVE = 3
"""Exit status at which gunicorn does not start another worker either (`Arbiter.WORKER_BOOT_ERROR`)."""


def require_settings(status=WRONG_SETTING):
    """Read all settings. Exit with one line that begins with `settings:` if one is wrong."""
    try:
        settings.SECRET_KEY  # noqa: B018, reads all of them
    except (ImproperlyConfigured, OSError, UnicodeDecodeError) as error:  # the latter two: an unreadable .env
        stop("settings", error, status)


def require_static_files():
    """Exit with one line that begins with `static files:` if `collectstatic` was not run for this release."""
    from wenshang_disclosure.core.web import static_files  # it needs the settings

    if fault := static_files.fault():
        stop("static files", fault, CANNOT_SERVE)


def stop(what, message, status):
    """Write `what: message` as one line to standard error and exit with `status`."""
    sys.stderr.write(f"{what}: {' '.join(str(message).split())}\n")
    sys.exit(status)


def run(words):
    """Run a management command. Exit with one line if a setting turns out wrong or the database cannot be reached."""
    try:
        execute_from_command_line(words)
    except ImproperlyConfigured as error:
        _stop_or_raise("settings", error, words)
    except OperationalError as error:
        _stop_or_raise("database", error, words)


def _stop_or_raise(what, error, words):
    if "--traceback" in words:
        raise error
    stop(what, error, WRONG_SETTING)
