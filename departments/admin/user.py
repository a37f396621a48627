"""People: made, given a role and a unit, switched off; never deleted, since what they did stays."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm

from wenshang_disclosure.common.admin import HouseAdmin

from ..choices import Role
from ..models import User


class PersonForm(UserChangeForm):
    """Keeps the administrator from locking herself out, and admin from people who are not the office's."""

    class Meta:
        model = User
        fields = "__all__"

    def clean(self):
        """Check role, administration and unit together."""
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
    """A password that the administrator gives has to be changed by its owner."""

    def save(self, commit=True):
        """Set it, and ask for another at the next sign-in."""
        self.user.must_change_password = True
        return super().save(commit)


@admin.register(User)
class PersonAdmin(HouseAdmin, UserAdmin):
    """Accounts. An account is switched off (停用), not deleted."""

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

    def get_form(self, request, obj=None, **kwargs):
        """Tell the form who is asking, and say plainly what the two switches do."""
        form = super().get_form(request, obj, **kwargs)
        form.by = request.user
        for name, label in (("is_active", "启用"), ("is_staff", "可进入系统管理")):
            if name in form.base_fields:
                form.base_fields[name].label, form.base_fields[name].help_text = label, ""
        return form

    def save_model(self, request, obj, form, change):
        """A new person has a password that somebody else chose."""
        if not change:
            obj.must_change_password = True
        super().save_model(request, obj, form, change)
