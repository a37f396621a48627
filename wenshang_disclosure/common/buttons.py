"""Steps that one button makes, with nothing to fill in."""

from django.contrib import messages

from .errors import Refused


def carry_out(request, said, service, *args):
    """Make the step and say that it was done, or why a rule refuses it: mostly it was done already, in another tab."""
    try:
        service(*args, by=request.user)
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, said)
