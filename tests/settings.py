"""The product's settings, with what tests need otherwise."""

import os
import tempfile
from pathlib import Path

os.environ["DEBUG"] = "0"
os.environ["SECRET_KEY"] = "a key for tests only, long enough to pass the check at start"
os.environ["BEHIND_TLS"] = "0"
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="wenshang-tests-")

from wenshang_disclosure.settings import *  # noqa: E402, F403
from wenshang_disclosure.settings import DATABASES, STORAGES  # noqa: E402

SECOND_FACTOR_ROLES = []  # a test that is about them names them
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, so that the live server's threads share one database. Nobody needs it after a power cut.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(os.environ["DATA_DIR"]) / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
