"""The product's settings, without what a run does more often than people do: uploads, and checking passwords.

Nobody asks for static files, so that none are collected.
"""

from wenshang_disclosure.settings import *  # noqa: F403
from wenshang_disclosure.settings import STORAGES

UPLOADS_PER_HOUR = 1_000_000
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
