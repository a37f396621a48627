"""Whether `collectstatic` has put the static files of this release into place; without them every page fails."""

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.checks import Error
from django.templatetags.static import static

TO_TYPE = "run: manage.py collectstatic --noinput"


def uncollected():
    """Return the names of static files that the manifest lacks, sorted; none where no manifest is used (DEBUG)."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin):
        return []
    known = staticfiles_storage.hashed_files
    return sorted({name for name in _source_files() if staticfiles_storage.hash_key(name) not in known})


def fault():
    """Return in one sentence what is missing and what to type, empty if nothing is."""
    names = uncollected()
    if not names:
        return ""
    return f"{len(names)} static files are not in {settings.STATIC_ROOT} ({names[0]} …); {TO_TYPE}"


def check(app_configs, **kwargs):
    """Return the fault as an error of `check --deploy`."""
    text = fault()
    return [Error(text, id="core.E001")] if text else []


def address_or_nothing(name):
    """Return the URL of a static file, empty if it was not collected: for pages that must not fail."""
    try:
        return static(name)
    except ValueError:
        return ""


def _source_files():
    for finder in finders.get_finders():
        for path, storage in finder.list(StaticFilesConfig.ignore_patterns):
            prefix = getattr(storage, "prefix", None)
            yield f"{prefix}/{path}" if prefix else path
