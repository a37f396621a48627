"""Signing in and out, and one's own password."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.urls import reverse_lazy

from departments.sign_in import sessions
from departments.sign_in.forms import PasswordChangeForm, SignInForm
from departments.sign_in.login import enter_or_ask
from wenshang_disclosure.core.web.addresses import address_of


class Login(views.LoginView):
    """The only page that everybody may open; goes on to where the person was headed."""

    template_name = "departments/sign_in/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        """Say whether there is another way in."""
        return super().get_context_data(oidc=bool(settings.OIDC_ISSUER), **kwargs)

    def form_valid(self, form):
        """Ask for the code where the person has a second factor, else let them in."""
        return enter_or_ask(self.request, form.get_user(), self.get_success_url())

    def form_invalid(self, form):
        """Answer 422, as every form of the house."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Logout(views.LogoutView):
    """By post only."""


class PasswordChange(views.PasswordChangeView):
    """One's own password."""

    template_name = "departments/sign_in/password.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("home")

    def get_form_kwargs(self):
        """Tell the form from where it is tried."""
        return {**super().get_form_kwargs(), "address": address_of(self.request)}

    def form_valid(self, form):
        """Say that it was done; every other place where the person is signed in is left."""
        response = super().form_valid(form)
        others = sessions.end_all(form.user, by=form.user, but=self.request.session.get(sessions.KEY))
        messages.success(self.request, "密码已修改，其他设备上的登录已全部结束。" if others else "密码已修改。")
        return response

    def form_invalid(self, form):
        """Answer 422, as every form of the house."""
        return self.render_to_response(self.get_context_data(form=form), status=422)
