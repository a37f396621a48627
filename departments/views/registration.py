"""Page to which a registration link leads: the owner of an account sets its first password."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from departments.services import registration
from departments.sign_in.forms import FirstPasswordForm
from wenshang_disclosure.audit import denials
from wenshang_disclosure.core.web.errors import Conflict


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def register(request):
    """Ask for a password and set it; looking uses nothing up, since mail programs open links by themselves."""
    link = (request.POST if request.method == "POST" else request.GET).get("link", "")
    person = registration.person_of(link)
    if person is None:
        if link:
            denials.note(denials.LINKS)
        return _no_link(request, 404)
    form = FirstPasswordForm(person, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            registration.register(link, password=form.cleaned_data["new_password1"])
        except Conflict as used:
            return _no_link(request, used.status)
        messages.success(request, "密码已设置，请用登录名和新密码登录。")
        return redirect("departments:sign-in")
    context = {"form": form, "person": person, "link": link}
    return render(request, "departments/sign_in/register.html", context, status=422 if form.errors else 200)


def _no_link(request, status):
    return render(request, "departments/sign_in/no_link.html", {"ended": registration.ENDED}, status=status)
