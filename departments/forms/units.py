"""Forms for units: their file, and one of them."""

from django import forms
from django.utils import timezone

from departments.choices import UnitKind
from departments.models import Unit
from departments.services import units
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.forms import ServiceForm, TextField

DAY = {"format": "%Y-%m-%d", "attrs": {"type": "date"}}
BAD_DAY = "请按“2024-12-31”的格式填写日期。"


class RegisterFileForm(ServiceForm):
    """An .xlsx of units and people."""

    upload = forms.FileField(
        label="单位和人员文件",
        help_text="按模板填写的 .xlsx 文件，不超过5 MB。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请核对后重新选择。"},
    )


class UnitForm(ServiceForm):
    """What a unit is called, what it is, and where it stands in the lists."""

    name = forms.CharField(
        label="单位名称",
        max_length=100,
        help_text="全称，印在分解表和公文里。",
        error_messages={"required": "请填写单位名称。"},
    )
    short_name = forms.CharField(label="简称", max_length=40, required=False, help_text="列表中显示，如“商务局”。")
    kind = forms.ChoiceField(
        label="类别",
        choices=UnitKind,
        help_text=worded("统称（各乡镇、街道，{government_short}各部门）按类别确定包括哪些单位。"),
    )
    after = forms.ModelChoiceField(
        Unit.objects.none(),
        label="排在",
        required=False,
        empty_label="最前",
        help_text="各处列表、表格和公文都按这个顺序。",
        error_messages={"invalid_choice": "请从名录中的单位里选择。"},
    )
    division_code = forms.CharField(
        label="行政区划代码", max_length=12, required=False, help_text="乡镇、街道填写，部门不填。"
    )
    aliases = TextField(
        label="别名", rows=2, limit=1000, required=False, help_text="分解表中可能出现的其他写法，一行一个。"
    )

    def __init__(self, *args, unit=None, **kwargs):
        """`unit` is the one that is changed, if any."""
        others = Unit.objects.exclude(pk=unit.pk if unit else None)
        super().__init__(*args, initial=_of(unit) if unit else {"after": others.active().last()}, **kwargs)
        self.fields["after"].queryset = others
        self.fields["after"].label_from_instance = lambda other: f"{other.label}之后"

    def clean_aliases(self):
        """Return the names, one by one."""
        return units.read_aliases(self.cleaned_data["aliases"])


def _of(unit):
    before = Unit.objects.filter(order__lt=unit.order) | Unit.objects.filter(order=unit.order, pk__lt=unit.pk)
    names = unit.aliases.filter(used_until__isnull=True).values_list("name", flat=True)
    fields = {name: getattr(unit, name) for name in ("name", "short_name", "kind", "division_code")}
    return {**fields, "after": before.last(), "aliases": "\n".join(names)}


class RetireForm(ServiceForm):
    """From which day a unit is gone, and which one goes on with what it owes."""

    on = forms.DateField(
        label="撤销日期",
        widget=forms.DateInput(**DAY),
        help_text="自这一天起不再承担任务。",
        error_messages={"required": "请填写撤销日期。", "invalid": BAD_DAY},
    )
    successor = forms.ModelChoiceField(
        Unit.objects.none(),
        label="并入单位",
        required=False,
        empty_label="不并入其他单位",
        help_text="未办结的事项由并入单位接续办理；不并入的，未办结的事项自动解除。",
        error_messages={"invalid_choice": "请从在册的单位里选择。"},
    )

    def __init__(self, *args, unit, **kwargs):
        """`unit` is the one that is closed."""
        super().__init__(*args, initial={"on": timezone.localdate()}, **kwargs)
        self.fields["successor"].queryset = Unit.objects.active().exclude(pk=unit.pk)
