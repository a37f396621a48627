#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys


def main():
    """Run one management command. Where a setting is wrong, say which in one line and exit with 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenshang_disclosure.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        settings.SECRET_KEY  # noqa: B018, reads all of them
    except ImproperlyConfigured as error:
        sys.stderr.write(f"settings: {error}\n")
        sys.exit(2)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
