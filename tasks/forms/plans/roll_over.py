"""Form for copying a plan to another year."""

from django import forms

from tasks.choices import PartKind
from tasks.services.plans.roll_over import with_years_moved
from wenshang_disclosure.core.web.forms import ServiceForm


class RollOverForm(ServiceForm):
    """Form for the year, the title, and the kinds of parts to copy."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    title = forms.CharField(label="标题", max_length=200, error_messages={"required": "请填写标题。"})
    kinds = forms.MultipleChoiceField(
        label="复制范围",
        choices=PartKind,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一项。"},
    )
    again = forms.BooleanField(label="仍要再建一份", required=False)

    def __init__(self, *args, plan, **kwargs):
        """Offer the next year."""
        initial = {
            "year": plan.year + 1,
            "title": with_years_moved(plan.title, plan.year, 1),
            "kinds": [PartKind.TABLE, PartKind.NOTICE],
        }
        super().__init__(*args, initial=initial, **kwargs)
