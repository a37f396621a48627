"""The API object: authentication, URLs and description page."""

from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import AuthenticationError
from ninja.renderers import JSONRenderer
from ninja.security.http import HttpAuthBase

from departments.services import tokens
from wenshang_disclosure.core.web import rate_limits

READING = ["GET", "HEAD"]


class Token(HttpAuthBase):
    """Authentication by `Authorization: Bearer …` only; without sessions and cookies, CSRF does not apply."""

    openapi_scheme = "bearer"

    def __call__(self, request):
        """Return the token's owner and set them as the request's user; `None` for an invalid token."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        reading = request.path_info.removeprefix(settings.API_ROOT).partition("/")[0]
        known = scheme.lower() == self.openapi_scheme
        owner = tokens.owner_of(secret.strip(), reading=reading) if known else None
        if owner is not None:
            rate_limits.take(rate_limits.READS, owner)  # one limit for all tokens of a person
            request.user = owner
        return owner


class ReadableJson(JSONRenderer):
    """JSON renderer that leaves Chinese unescaped: readable, and a third smaller."""

    json_dumps_params = {"ensure_ascii": False}  # noqa: RUF012 - Ninja's own name


class ReadApi(NinjaAPI):
    """Ninja API without its documentation pages, which load external scripts; the root is our own page."""

    def _get_urls(self):
        root = path("", description, name="api-root")
        others = [url for url in super()._get_urls() if url.name != root.name]
        for url in others:
            if url.name == "openapi-json":
                url.callback = self._for_readers(url.callback)
        return [root, *others]

    def _for_readers(self, view):
        """Return the view of the schema, for people who are signed in and for programs with a token; 401 to others."""

        @wraps(view)
        def reading(request, *args, **kwargs):
            try:
                if request.user.is_authenticated or Token()(request):
                    return view(request, *args, **kwargs)
                raise AuthenticationError
            except Exception as error:
                return self.on_exception(request, error)

        return reading

    def get_openapi_schema(self, **kwargs):
        """Return the schema with GET only, since operation ids must be unique."""
        schema = super().get_openapi_schema(**kwargs)
        for methods in schema["paths"].values():
            methods.pop("head", None)
        return schema


api = ReadApi(
    title="政务公开任务督办系统数据接口",
    version="1.0.0",
    urls_namespace="api",
    docs_url=None,
    auth=Token(),
    renderer=ReadableJson(),
    description=(
        "只读。每次请求带上“Authorization: Bearer 令牌”，令牌在“个人设置”中生成和停用，最长一年有效，可限定读取的范围。"
        "令牌能读取的内容与其所有人登录后能查看的一致。日期为YYYY-MM-DD（北京时间）。"
    ),
)


@require_safe
@login_required
def description(request):
    """Show the Chinese description of the API, generated from its schema."""
    schema = api.get_openapi_schema()
    addresses = [{"path": path, **methods["get"]} for path, methods in schema["paths"].items()]
    context = {"schema": schema, "addresses": addresses, "root": request.build_absolute_uri(request.path)}
    return render(request, "reports/api/page.html", context)
