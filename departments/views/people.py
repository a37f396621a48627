"""Signing in and out, and one's own password."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.urls import reverse_lazy

from ..forms import PasswordChangeForm, SignInForm


class SignIn(views.LoginView):
    """The only page that everybody may open; goes on to where the person was headed."""

    template_name = "departments/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        """Say whether there is another way in."""
        return super().get_context_data(oidc=bool(settings.OIDC_ISSUER), **kwargs)

    def form_invalid(self, form):
        """Answer 422, as every form of the house."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SignOut(views.LogoutView):
    """By post only."""


class PasswordChange(views.PasswordChangeView):
    """One's own password."""

    template_name = "departments/password.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("home")

    def form_valid(self, form):
        """Say that it was done."""
        messages.success(self.request, "密码已修改。")
        return super().form_valid(form)

    def form_invalid(self, form):
        """Answer 422, as every form of the house."""
        return self.render_to_response(self.get_context_data(form=form), status=422)
