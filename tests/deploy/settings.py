"""The product's settings, without static files that were collected: making them takes a minute."""

from wenshang_disclosure.settings import *  # noqa: F403
from wenshang_disclosure.settings import STORAGES

STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
