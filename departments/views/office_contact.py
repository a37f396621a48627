"""Page on which the office says whom users ask."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from departments.forms.people import OfficeContactForm
from departments.models import OfficeContact
from departments.services import office_contact as service

from .office_only import office_only


@office_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request):
    """Change whom users ask, as the sign-in page and the units' pages show it."""
    contact = OfficeContact.current()
    initial = {name: getattr(contact, name) for name in OfficeContactForm.base_fields}
    form = OfficeContactForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.carry_out(service.save, by=request.user):
        messages.success(request, "求助电话已保存，登录页和各单位的页面随即显示。")
        return redirect("departments:people")
    return render(request, "departments/people/office_contact.html", {"form": form}, status=form.status)
