"""The WSGI entry point that gunicorn serves. A wrong setting or missing static files stop it here with one line."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from .ops import starting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenshang_disclosure.settings")

starting.require_settings(starting.CANNOT_SERVE)
application = get_wsgi_application()
starting.require_static_files()

get_resolver().url_patterns  # noqa: B018, read now, not by the first request of each worker
