"""Page that asks a signed-in person to prove who they are again."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from departments.sign_in import proof, second_factor
from departments.sign_in.forms import ProofForm
from wenshang_disclosure.core.web.addresses import address_of


@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request):
    """Ask for the password or a code, and lead on to `next`."""
    to = request.GET.get("next", "")
    to = to if proof.own_address(request, to) else reverse("home")
    form = ProofForm(request.POST if request.method == "POST" else None, with_code=second_factor.is_on(request.user))
    if form.is_bound and form.carry_out(proof.prove, request.user, address_of(request)):
        proof.note(request)
        return redirect(to)
    return render(request, "departments/sign_in/prove.html", {"form": form}, status=form.status)
