"""What a person sets for herself: how she is reached, and the secret address of her calendar."""

import hashlib
import secrets

from django.db import transaction

from ..models import User
from ..sign_in import SignInBackend

SECRET_BYTES = 32


@transaction.atomic
def set_own(user, *, mail_choice, email, phone):
    """Keep how `user` wants to be reached; nobody does this for another."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    user.mail_choice, user.email, user.phone = mail_choice, email, phone
    user.save(update_fields=["mail_choice", "email", "phone"])
    return user


def give_calendar_key(user):
    """Give `user` a new secret and keep only its digest; the one before opens nothing from now on."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    User.objects.filter(pk=user.pk).update(calendar_key=_digest(secret))
    return secret


def take_calendar_key(user):
    """Switch the calendar address off."""
    User.objects.filter(pk=user.pk).update(calendar_key=None)


def owner_of_calendar(secret):
    """Give whose calendar the secret opens; `None` where it opens none, or its owner could not sign in here."""
    user = User.objects.select_related("unit").filter(calendar_key=_digest(secret)).first()
    if user is None or user.must_change_password or not SignInBackend().user_can_authenticate(user):
        return None
    return user


def _digest(secret):
    return hashlib.sha256(secret.encode()).hexdigest()
