"""The product's URLs with an identity provider configured."""

from departments.sign_in.views import oidc
from wenshang_disclosure.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*urlpatterns, *oidc.urlpatterns]
