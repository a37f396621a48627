"""The API itself: who is let in, its addresses and its description."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.renderers import JSONRenderer
from ninja.security.http import HttpAuthBase

from departments.services import tokens
from wenshang_disclosure.core.web import rate_limits

READING = ["GET", "HEAD"]


class Token(HttpAuthBase):
    """`Authorization: Bearer …`, and nothing else: no session, no cookie, so no forged post either."""

    openapi_scheme = "bearer"

    def __call__(self, request):
        """Return the token's owner, who from here on is the person that asks."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        owner = tokens.owner_of(secret.strip()) if scheme.lower() == self.openapi_scheme else None
        if owner is not None:
            rate_limits.take(rate_limits.READS, owner)  # a person's tokens together
            request.user = owner
        return owner


class ReadableJson(JSONRenderer):
    """Chinese as Chinese, for whoever looks at an answer; two thirds of the bytes as well."""

    json_dumps_params = {"ensure_ascii": False}  # noqa: RUF012 - Ninja's own name


class ReadApi(NinjaAPI):
    """Ninja without its pages, which load scripts from elsewhere: a plain page of our own stands at the root."""

    def _get_urls(self):
        root = path("", description, name="api-root")
        others = [url for url in super()._get_urls() if url.name != root.name]
        for url in others:
            url.callback = self._reading_only(url.callback)
        return [root, *others]

    def _reading_only(self, view):
        """Refuse every other method before anything is read, in JSON as everything here."""

        @wraps(view)
        def reading(request, *args, **kwargs):
            if request.method in READING:
                return view(request, *args, **kwargs)
            response = self.create_response(request, {"detail": "数据接口只供读取，请用GET。"}, status=405)
            response["Allow"] = ", ".join(READING)
            return response

        return csrf_exempt(reading)

    def get_openapi_schema(self, **kwargs):
        """Describe GET alone: HEAD is the same without a body, and an operation's id must stand once."""
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
        "只读。每次请求带上“Authorization: Bearer 令牌”，令牌在“个人设置”中生成和停用。"
        "令牌能读取的内容与其所有人登录后能查看的一致。日期为YYYY-MM-DD（北京时间）。"
    ),
)


@require_safe
@login_required
def description(request):
    """Say in Chinese how the API is used and what there is, from its own description."""
    schema = api.get_openapi_schema()
    addresses = [{"path": path, **methods["get"]} for path, methods in schema["paths"].items()]
    context = {"schema": schema, "addresses": addresses, "root": request.build_absolute_uri(request.path)}
    return render(request, "reports/api/page.html", context)
