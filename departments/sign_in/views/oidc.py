"""Redirection to the identity provider and back (统一身份认证), if `OIDC_ISSUER` is set."""

import logging

import jwt
from django.core.exceptions import SuspiciousOperation
from django.shortcuts import render
from django.urls import path
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView
from requests import RequestException

from departments.sign_in.login import continue_login
from departments.sign_in.oidc import UnknownAccount
from wenshang_disclosure.audit.choices import Kind, Result
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.region import worded

NO_ACCOUNT = worded("统一身份认证已通过，但本系统中没有与“{}”对应的可用账号。请联系{office_short}开通。")
AWAY = "统一身份认证服务暂时无法连接，请稍后再试，或者使用本系统的用户名和密码登录。"
DENIED = "统一身份认证没有通过，或者您取消了登录。"
STALE = "登录请求已失效或者已经用过，请重新登录。"
UNSOUND = worded("统一身份认证返回的信息未能通过核验，请重新登录；多次出现的，请告知{office_short}。")

log = logging.getLogger(__name__)


class Callback(OIDCAuthenticationCallbackView):
    """Callback of the provider; every error gets a page with its reason."""

    def get(self, request):
        """Sign in the person authenticated by the provider; reject a state that this browser did not send."""
        state = request.GET.get("state", "")
        if state not in request.session.get("oidc_states", {}):
            return self._refuse("state", STALE)
        if "error" in request.GET or "code" not in request.GET:
            del request.session["oidc_states"][state]
            request.session.modified = True
            return self._refuse("denied", DENIED)
        try:
            return super().get(request)
        except UnknownAccount as unknown:
            return self._refuse("account", NO_ACCOUNT.format(unknown))
        except RequestException as error:
            return self._refuse("provider", AWAY, error)
        except (SuspiciousOperation, jwt.PyJWTError, KeyError, ValueError) as error:
            return self._refuse("token", UNSOUND, error)

    def login_success(self):
        return continue_login(self.request, self.user, self.success_url)

    def login_failure(self):
        return self._refuse("denied", DENIED)

    def _refuse(self, reason, sentence, error=None):
        if error is not None:
            log.warning("Sign-in at the identity provider failed: %.500s", repr(error))
        record(Kind.SIGN_IN, "统一身份认证登录失败", detail={"reason": reason}, result=Result.FAILED)
        status = 503 if reason == "provider" else 403
        return render(self.request, "departments/sign_in/oidc_refused.html", {"sentence": sentence}, status=status)


urlpatterns = [
    path("oidc/", OIDCAuthenticationRequestView.as_view(), name="oidc_authentication_init"),
    path("oidc/callback/", Callback.as_view(), name="oidc_authentication_callback"),
]
