"""The WSGI entry point that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wenshang_disclosure.settings")

application = get_wsgi_application()

get_resolver().url_patterns  # noqa: B018, read now, not by the first request of each worker
