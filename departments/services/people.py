"""Changes to accounts: posts, personal settings, the calendar address, removal of personal data, new passwords."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from departments.choices import BELONGS_TO_A_UNIT, NEEDS_SECOND_PERSON, GrantState, Handling
from departments.models import ApiToken, Membership, RoleGrant, User
from departments.sign_in import lockout, second_factor, sessions
from departments.sign_in.backends import SignInBackend
from departments.signals import posts_taken, rights_changed
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, require

from . import entrusting

SECRET_BYTES = 32
NOBODY = "已注销人员"
PERSONAL = {
    "username": "登录名",
    "name": "姓名",
    "phone": "联系电话",
    "email": "电子邮箱",
    "mail_choice": "邮件提醒",
}
NOT_THIS_ONE = "该账号的姓名、登录名和联系方式由系统管理员或者本人更改；系统管理员的由本人更改。"
WAITS = "有一项权限变更待确认，办结前不能更改姓名、登录名和联系方式。"


@transaction.atomic
def set_own(user, *, mail_choice, email, phone):
    """Save the contact settings of `user`; only the account's owner may call this."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    wanted = {"mail_choice": mail_choice, "email": email, "phone": phone}
    changed = [name for name, value in wanted.items() if getattr(user, name) != value]
    for name in changed:
        setattr(user, name, wanted[name])
    if changed:
        user.save(update_fields=changed)
        record(Kind.PERMISSION, "修改个人设置", by=user, on=user, detail={"fields": changed})
    return user


@transaction.atomic
def change_personal(person, *, by, **wanted):
    """Change name, user name and contacts of an account, as far as they differ; return the names of changed fields.

    All administrators are told of an account that has power. Raises `Conflict` while a change of its rights waits: the
    second person decides by the name under which it was proposed.
    """
    require(by, "departments.change_personal", person, NOT_THIS_ONE)
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    changed = [name for name, value in wanted.items() if getattr(person, name) != value]
    if not changed:
        return []
    if RoleGrant.objects.pending_of(person).exists():
        raise Conflict(f"“{person}”{WAITS}")
    others = User.objects.exclude(pk=person.pk)
    if "username" in changed and others.filter(username__iexact=wanted["username"]).exists():
        raise Refused(f"登录名“{wanted['username']}”已有人使用，请换一个。", field="username")
    before = f"{person}（{person.username}）"
    for name in changed:
        setattr(person, name, wanted[name])
    person.save(update_fields=changed)
    if "username" in changed:  # a directory may know another person by the new name
        entrusting.note([person], by=by, how=Handling.RENAMED)
    record(Kind.PERMISSION, "修改人员", by=by, on=person, detail={"fields": changed})
    if person.role in NEEDS_SECOND_PERSON and person.pk != by.pk:
        words = "、".join(PERSONAL[name] for name in changed)
        tell_administrators(f"{by}修改了{before}的{words}，现为{person}（{person.username}）。")
    return changed


@transaction.atomic
def issue_calendar_key(user):
    """Return a new calendar secret for the post that `user` works as and store its digest only; the previous secret of
    this post stops working.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    _calendars_of(user).update(calendar_key=_digest(secret))
    record(Kind.PERMISSION, "生成日历地址", by=user, on=user)
    return secret


@transaction.atomic
def revoke_calendar_key(user):
    """Disable the calendar address of the post that `user` works as."""
    if _calendars_of(user).filter(calendar_key__isnull=False).update(calendar_key=None):
        record(Kind.PERMISSION, "停用日历地址", by=user, on=user)


def _calendars_of(user):
    """Return where the calendar address of the post that `user` works as is kept, as a queryset of one record."""
    if user.membership:
        return Membership.objects.filter(pk=user.membership.pk)
    return User.objects.filter(pk=user.pk)


def has_calendar(user):
    """Return whether there is a calendar address of the post that `user` works as."""
    return _calendars_of(user).filter(calendar_key__isnull=False).exists()


def owner_of_calendar(secret):
    """Return the person whose calendar `secret` opens, working as the post that it is of.

    `None` for an unknown secret, for a membership out of its days, and for an account that must change its password,
    has to set up a second factor first, or may not sign in.
    """
    user = User.objects.select_related("unit").filter(calendar_key=_digest(secret)).first()
    if user is None:
        further = Membership.objects.in_force().select_related("person", "unit")
        membership = further.filter(calendar_key=_digest(secret)).first()
        user = membership and membership.person.work_as(membership)
    if (
        user is None
        or user.must_change_password
        or second_factor.is_due(user)
        or not SignInBackend().user_can_authenticate(user)
    ):
        return None
    return user


@transaction.atomic
def forget(user, *, by):
    """Remove the personal data of a deactivated account (注销个人信息); the records of its work remain.

    A user name that equals the phone number or e-mail address is replaced too. What waits for a second person ends.
    Raises `Refused` while the account is active, `Conflict` if it was done before.
    """
    require(by, "departments.close_account", user, sentence="不能注销本人的账号。")
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if user.is_active:
        raise Refused(f"“{user}”的账号还在使用，请先停用。")
    if user.name == NOBODY:
        raise Conflict("该账号的个人信息已经注销。")
    if user.username in (user.phone.replace(" ", ""), user.email, user.email.partition("@")[0]):
        user.username = f"closed-{user.pk}"
    user.name, user.phone, user.email, user.calendar_key = NOBODY, "", "", None
    user.save(update_fields=["username", "name", "phone", "email", "calendar_key"])
    Membership.objects.filter(person=user).update(calendar_key=None)
    second_factor.remove(user)
    end_proposal(user, by=by)
    ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=timezone.now())
    record(Kind.PERMISSION, "注销个人信息", by=by, on=user)


def end_proposal(person, *, by):
    """Withdraw the change of rights that waits for an account, which is closed, under the caller's lock."""
    for grant in RoleGrant.objects.pending_of(person).select_for_update():
        grant.state, grant.decided_by, grant.decided_at = GrantState.WITHDRAWN, by, timezone.now()
        grant.save(update_fields=["state", "decided_by", "decided_at"])
        record(Kind.PERMISSION, "撤回权限变更", by=by, on=person, detail={"grant": grant.pk, "closed": True})
        tell_administrators(
            f"{person}（{person.username}）的账号停用，待确认的权限变更（{grant.in_words()}）不再办理。"
        )


def tell_administrators(text):
    """Send `rights_changed` with the sentence that the administrators read."""
    rights_changed.send(User, text=text)


def take_posts(people):
    """Send `posts_taken` of those of `people`, just given a role, a unit or an account, who act for a unit by it."""
    taken = [person for person in people if person.is_active and person.role in BELONGS_TO_A_UNIT]
    if taken:
        posts_taken.send(User, people=taken)


def after_password_reset(user):
    """Lift the locks of an account, end its sessions and what others knew of it, after its password was set on the
    server.
    """
    lockout.forgive(user)
    sessions.end_all(user)
    entrusting.end([user])


def _digest(secret):
    return hashlib.sha256(secret.encode()).hexdigest()
