"""Admin of collectives and their kinds of units."""

from django import forms
from django.contrib import admin

from departments.choices import UnitKind
from departments.models import Collective, CollectiveAlias
from wenshang_disclosure.audit.recorded_admin import RecordedAdmin

from .unit import AliasInline


class CollectiveForm(forms.ModelForm):
    """Form with the kinds as check boxes."""

    kinds = forms.MultipleChoiceField(
        label="所指单位类别",
        choices=UnitKind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="都不勾选，表示由办公室在各项任务中逐项明确。",
    )

    class Meta:
        model = Collective
        fields = ("name", "kinds")


class CollectiveAliasInline(AliasInline):
    """Inline of a collective's aliases."""

    model = CollectiveAlias


@admin.register(Collective)
class CollectiveAdmin(RecordedAdmin):
    """Admin of collectives."""

    form = CollectiveForm
    list_display = ("name", "kinds_shown")
    search_fields = ("name",)
    inlines = (CollectiveAliasInline,)

    @admin.display(description="所指单位类别")
    def kinds_shown(self, collective):
        return collective.kinds_in_words()
