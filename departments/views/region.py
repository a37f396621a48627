"""Page of the names of the region and of its office, and the logo."""

import base64

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from departments.forms.region import RegionForm
from departments.services import region as service
from wenshang_disclosure.core.models import Region
from wenshang_disclosure.core.region import current
from wenshang_disclosure.core.web.errors import require

A_YEAR = 365 * 24 * 3600


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request):
    """Show and change the names."""
    require(request.user, "departments.name_region", sentence=service.ONLY_ADMINISTRATORS)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RegionForm(*sent, region=Region.objects.first() or Region())
    if sent and form.carry_out(service.save, by=request.user):
        messages.success(
            request, f"已保存。各页面、邮件和文件现在称“{form.outcome.office_short}”“{form.outcome.whole}”。"
        )
        return redirect("departments:region")
    form.ask_to_confirm()
    return render(request, "departments/region/page.html", {"form": form}, status=form.status)


@require_safe
def logo(request):
    """Return the logo, which the sign-in page shows as well; its address changes with it."""
    picture = current().logo
    if not picture:
        raise Http404
    answer = HttpResponse(base64.b64decode(picture), content_type="image/png")
    answer["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return answer
