"""URLs of all apps, and the error handlers."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from api import api
from reports.views.dashboard import page

from .help import views as help_pages
from .ops import health

urlpatterns = [
    path("", page.home, name="home"),
    path("", include("tasks.urls")),
    path("", include("reports.urls")),
    path("", include("departments.urls")),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
    path("help/", help_pages.contents, name="help"),
    path("help/<slug:name>/", help_pages.chapter, name="help-chapter"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
]

if settings.OIDC_ISSUER:
    from departments.sign_in.views import oidc

    urlpatterns += oidc.urlpatterns

handler400 = "wenshang_disclosure.core.web.middleware.malformed"
handler403 = "wenshang_disclosure.core.web.middleware.denied"
handler404 = "wenshang_disclosure.core.web.middleware.missing"
handler500 = "wenshang_disclosure.core.web.middleware.failed"
