"""Admin of accounts: creation, role, unit and deactivation; never deletion, since their records remain."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect

from departments.choices import NEEDS_SECOND_PERSON, Handling, Role
from departments.models import RoleGrant, User
from departments.services import entrusting, people, rights
from departments.sign_in import proof, second_factor
from departments.sign_in.views.proof import ask_in_place
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.recorded_admin import RecordedAdmin
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused, may
from wenshang_disclosure.core.web.forms import PhoneField

WAITS = "权限变更已提出，待另一名系统管理员在“待第二人确认”中确认后生效；只有一名系统管理员的，在服务器上确认。"
GIVE_IT_NEXT = "账号已登记。请在该人员页面发放一次性密码，交本人首次登录时修改。"


class PersonForm(UserChangeForm):
    """Form of an account; nobody changes their own rights, and only office staff may enter the admin."""

    phone = PhoneField(label="联系电话", required=False)

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
            if any(data.get(name) != getattr(self.by, name) for name in ("role", "unit", "is_staff", "username")):
                raise forms.ValidationError("不能改变自己的登录名、角色、单位和系统管理权限，请由其他系统管理员办理。")
        return data


class NewPersonForm(forms.ModelForm):
    """Form of a new account, which has no password until an administrator gives its owner one."""

    phone = PhoneField(label="联系电话", required=False)

    class Meta:
        model = User
        fields = ("username", "name", "role", "unit", "phone", "email")


@admin.register(User)
class PersonAdmin(RecordedAdmin, UserAdmin):
    """Admin of accounts. An account is deactivated (停用), never deleted."""

    form = PersonForm
    add_form = NewPersonForm
    add_form_template = None
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
        (None, {"fields": ("username",)}),
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

    def get_readonly_fields(self, request, obj=None):
        """Leave name and contacts of another administrator to them: whoever changed them could change who is told.

        Those of an account whose rights wait for a second person stay as they were proposed.
        """
        fields = super().get_readonly_fields(request, obj)
        stay = obj and not (
            may(request.user, "departments.change_personal", obj) and not RoleGrant.objects.pending_of(obj).exists()
        )
        return (*fields, *people.PERSONAL) if stay else fields

    def get_form(self, request, obj=None, **kwargs):
        """Pass the administrator to the form and label the two switches."""
        form = super().get_form(request, obj, **kwargs)
        form.by = request.user
        for name, label in (("is_active", "启用"), ("is_staff", "可进入系统管理")):
            if name in form.base_fields:
                form.base_fields[name].label, form.base_fields[name].help_text = label, ""
        return form

    def changeform_view(self, request, *args, **kwargs):
        """Ask for a recent proof before the page is opened, and again with what was typed where it was sent late."""
        if not proof.is_recent(request):
            if request.method != "POST":
                return proof.ask(request, request.get_full_path())
            if (page := ask_in_place(request)) is not None:
                return page
        return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request, *args, **kwargs):
        """Ask for a recent proof before an action is carried out."""
        if request.method == "POST" and not proof.is_recent(request):
            return proof.ask(request, request.get_full_path())
        return super().changelist_view(request, *args, **kwargs)

    def save_model(self, request, obj, form, change):
        """Save the account; its rights are changed by the service, which may ask for a second person."""
        if change:
            self._save_changed(request, obj, form)
        else:
            self._save_new(request, obj)

    def _save_changed(self, request, obj, form):
        wanted, before = rights.rights_of(obj), rights.rights_of(User.objects.select_related("unit").get(pk=obj.pk))
        personal = {name: getattr(obj, name) for name in people.PERSONAL if name in form.changed_data}
        if personal:
            people.change_personal(obj, by=request.user, **personal)
        if wanted != before and rights.change(obj, by=request.user, **wanted):
            self.message_user(request, WAITS, messages.WARNING)

    def _save_new(self, request, obj):
        """Save a new account; where its role needs a second person it is off until that has confirmed it."""
        powerful = obj.role in NEEDS_SECOND_PERSON
        obj.is_active, obj.must_change_password = not powerful, True
        obj.set_unusable_password()
        obj.save()
        entrusting.note([obj], by=request.user, how=Handling.MADE)
        people.take_posts([obj])
        if powerful:
            rights.change(obj, by=request.user, is_active=True)
        self.message_user(request, WAITS if powerful else GIVE_IT_NEXT, messages.WARNING)

    def record_change(self, request, form, formsets, change):
        """Record a new account with its rights; the services record what is changed."""
        fields = [name for name in form.changed_data if name in people.PERSONAL]
        person = form.instance
        if not change:
            detail = {"role": person.role, "unit": person.unit and person.unit.name, "fields": fields}
            record(Kind.PERMISSION, "新增人员", by=request.user, on=person, detail=detail)

    def user_change_password(self, request, id, form_url=""):
        """Redirect to the page that gives a one-time password: nobody types another person's."""
        return redirect("departments:give-password", pk=id)
