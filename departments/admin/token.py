"""Admin of API tokens: the administrator sees all and can revoke any."""

from django.contrib import admin, messages

from departments.models import ApiToken
from departments.services import tokens
from wenshang_disclosure.core.web.admin import FrozenAdmin
from wenshang_disclosure.core.web.errors import Conflict


@admin.register(ApiToken)
class ApiTokenAdmin(FrozenAdmin):
    """Read-only list of tokens with the action to revoke. The secret is not stored and cannot be shown."""

    list_display = ("name", "user", "unit", "scope", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user__unit",)
    search_fields = ("name", "user__name", "user__username", "user__unit__name")
    fields = ("name", "user", "scope", "created_at", "expires_at", "last_used_at", "revoked_at")
    actions = ("revoke",)

    @admin.display(description="所在单位")
    def unit(self, token):
        return token.user.unit or "—"

    @admin.action(description="停用所选的接口令牌")
    def revoke(self, request, queryset):
        """Revoke the selected tokens that are in use."""
        ended = 0
        for token in queryset:
            try:
                tokens.revoke(token, by=request.user)
            except Conflict:  # revoked already
                continue
            ended += 1
        self.message_user(request, f"已停用{ended}个接口令牌。", messages.SUCCESS)
