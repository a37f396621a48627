"""Admin of accounts: creation, role, unit and deactivation; never deletion, since their records remain."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm
from django.core.exceptions import PermissionDenied
from django.db import transaction

from departments.choices import Role
from departments.models import Unit, User
from departments.services import people
from departments.sign_in import second_factor, sessions
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.recorded_admin import RecordedAdmin
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused

RIGHTS = ("username", "role", "unit", "is_active", "is_staff")
POST = {"role", "unit", "is_active"}
PERSONAL = ("name", "phone", "email", "mail_choice")


class PersonForm(UserChangeForm):
    """Form of an account; administrators cannot lock themselves out, and only office staff may enter the admin."""

    class Meta:
        model = User
        fields = "__all__"

    def clean(self):
        """Check role, admin access and unit together."""
        data = super().clean()
        if data.get("is_staff") and data.get("role") != Role.OFFICE:
            self.add_error("is_staff", "只有县政府办公室工作人员可以进入系统管理。")
        if self.instance.pk and self.instance.pk == self.by.pk:
            if not data.get("is_active", True):
                self.add_error("is_active", "不能停用自己的账号。")
            if data.get("role") != self.by.role or not data.get("is_staff", True):
                raise forms.ValidationError("不能改变自己的角色和系统管理权限，请由其他管理员办理。")
        return data


class GivenPasswordForm(AdminPasswordChangeForm):
    """Form for a password set by the administrator, which its owner has to change."""

    def save(self, commit=True):
        """Set the password and require another one at the next sign-in."""
        self.user.must_change_password = True
        act = "重设密码" if self.cleaned_data["set_usable_password"] else "停用密码登录"
        record(Kind.PERMISSION, act, on=self.user)
        saved = super().save(commit)
        people.after_password_reset(self.user)
        return saved


@admin.register(User)
class PersonAdmin(RecordedAdmin, UserAdmin):
    """Admin of accounts. An account is deactivated (停用), never deleted."""

    form = PersonForm
    change_password_form = GivenPasswordForm
    list_display = ("username", "name", "role", "unit", "phone", "is_active", "last_login", "is_demo")
    list_filter = ("role", "is_active", "is_demo", "unit__kind")
    list_select_related = ("unit",)
    search_fields = ("username", "name", "unit__name", "unit__short_name", "phone")
    ordering = ("unit__order", "username")
    autocomplete_fields = ("unit",)
    readonly_fields = ("last_login", "date_joined", "is_demo")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("人员", {"fields": ("name", "role", "unit", "phone", "email", "mail_choice")}),
        ("账号", {"fields": ("is_active", "is_staff", "is_demo", "last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2")}),
        ("人员", {"fields": ("name", "role", "unit", "phone", "email")}),
    )

    actions = ("reset_second_factor", "forget")

    @admin.action(description="重置所选人员的动态口令")
    def reset_second_factor(self, request, queryset):
        self._each(request, queryset, second_factor.reset, "已重置{}人的动态口令。")

    @admin.action(description="注销所选停用账号的个人信息")
    def forget(self, request, queryset):
        """Remove the personal data of deactivated accounts."""
        self._each(request, queryset, people.forget, "已注销{}个账号的个人信息，办理记录不变。")

    def _each(self, request, queryset, service, done):
        """Carry out the service for each person; refusals become messages and do not stop the others."""
        count = 0
        for person in queryset.select_related("unit"):
            try:
                service(person, by=request.user)
            except (Refused, PermissionDenied) as refusal:
                self.message_user(request, str(refusal), messages.WARNING)
            else:
                count += 1
        if count:
            self.message_user(request, done.format(count), messages.SUCCESS)

    def get_form(self, request, obj=None, **kwargs):
        """Pass the administrator to the form and label the two switches."""
        form = super().get_form(request, obj, **kwargs)
        form.by = request.user
        for name, label in (("is_active", "启用"), ("is_staff", "可进入系统管理")):
            if name in form.base_fields:
                form.base_fields[name].label, form.base_fields[name].help_text = label, ""
        return form

    def save_model(self, request, obj, form, change):
        """Save the account; a new one has to change its password, a deactivated one loses its sessions.

        Who becomes liaison or leader of a unit is told what stands there.
        """
        if not change:
            obj.must_change_password = True
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            sessions.end_all(obj, by=request.user)
        if not change or POST & set(form.changed_data):
            people.take_posts([obj])

    def record_change(self, request, form, formsets, change):
        """Record rights with their old and new values, other fields by name only."""
        fields = [name for name in form.changed_data if name in PERSONAL]
        rights = {name: self._audit_value(form, name, change) for name in RIGHTS if name in form.changed_data}
        if not change or fields or rights:
            act = "修改人员" if change else "新增人员"
            record(Kind.PERMISSION, act, by=request.user, on=form.instance, detail={**rights, "fields": fields})

    def _audit_value(self, form, name, change):
        """Return `[old, new]` of a field, only the new value for a new account."""
        new = form.cleaned_data[name]
        if name == "unit":
            old = Unit.objects.filter(pk=form.initial.get(name)).first()
            old, new = old and old.name, new and new.name
        else:
            old = form.initial.get(name)
        return [old, new] if change else new

    @transaction.atomic
    def user_change_password(self, request, id, form_url=""):
        """Set another password and record it, in one transaction."""
        return super().user_change_password(request, id, form_url)
