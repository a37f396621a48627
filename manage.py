#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys


def main():
    """Run one management command. Tell a wrong setting or a database that cannot be reached in one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenshang_disclosure.settings")
    from wenshang_disclosure.ops import starting

    starting.require_settings()
    starting.run(sys.argv)


if __name__ == "__main__":
    main()
