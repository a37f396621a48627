"""Pages for signing in and out and for changing one's own password."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views
from django.urls import reverse_lazy

from departments.models import OfficeContact
from departments.sign_in import browsers, proof, sessions
from departments.sign_in.forms import PasswordChangeForm, SignInForm
from departments.sign_in.login import continue_login
from wenshang_disclosure.core.web.addresses import address_of


class Login(views.LoginView):
    """Sign-in page, the only page open to everybody; redirects to the page asked for."""

    template_name = "departments/sign_in/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        contact = OfficeContact.current()
        return super().get_context_data(oidc=bool(settings.OIDC_ISSUER), contact=contact, **kwargs)

    def form_valid(self, form):
        return continue_login(self.request, form.get_user(), self.get_success_url())

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


class Logout(views.LogoutView):
    """Sign-out, by POST only."""

    def post(self, request, *args, **kwargs):
        """Sign out, and tell the browser to forget what it kept of this site.

        Not its cookies: the header would take those of the domain's other systems along.
        """
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class PasswordChange(views.PasswordChangeView):
    """Page for changing one's own password."""

    template_name = "departments/sign_in/password.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("home")

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "address": address_of(self.request)}

    def form_valid(self, form):
        """Change the password and end all other sessions of the person."""
        response = super().form_valid(form)
        proof.note(self.request)
        others = sessions.end_all(form.user, by=form.user, but=self.request.session.get(sessions.SESSION_KEY))
        browsers.remember(self.request, response, form.user)
        messages.success(self.request, "密码已修改，其他设备上的登录已全部结束。" if others else "密码已修改。")
        return response

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)
