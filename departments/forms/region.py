"""Form of the names of the region and of its office."""

from django import forms

from wenshang_disclosure.core.models import Region
from wenshang_disclosure.core.region import Level
from wenshang_disclosure.core.web.forms import ServiceForm


def _words(field, help_text, **options):
    """Return the field of a name that is made from region and level where it is left blank."""
    model = Region._meta.get_field(field)
    return forms.CharField(
        label=model.verbose_name, max_length=model.max_length, required=False, help_text=help_text, **options
    )


class RegionForm(ServiceForm):
    """Names of the region, its government, its office and the system."""

    name = forms.CharField(
        label="地区名称",
        max_length=30,
        help_text="如“某某县”。其余各项不填的，按名称和级别生成。",
        error_messages={"required": "请填写地区名称，如“某某县”。"},
    )
    level = forms.ChoiceField(label="级别", choices=Level, help_text="决定各页面称“全县”还是“全区”“全市”“全旗”。")
    confirmed = forms.BooleanField(label="确认变更级别", required=False, widget=forms.HiddenInput)
    government = _words("government", "不填的，为“某某县人民政府”。")
    government_short = _words("government_short", "不填的，为“县政府”；分解表中“县政府各部门、单位”等统称随之改变。")
    office = _words("office", "不填的，为“某某县人民政府办公室”；印在页脚、打印件和邮件落款上。")
    office_short = _words("office_short", "不填的，为“县政府办公室”；各页面的说明中这样称呼。")
    system_name = _words("system_name", "不填的，为“某某县政务公开任务督办”；也是动态口令程序中显示的名称。")
    document_code = _words("document_code", "办公室发文的代字，如“×政办字”；作为文号的示例。")
    upload = forms.FileField(
        label="徽标",
        required=False,
        help_text="PNG、JPG 或 WEBP 图片，显示在页面左上角，自动缩小。",
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,.webp"}),
        error_messages={"empty": "文件是空的，请核对后重新选择。"},
    )
    without_logo = forms.BooleanField(label="不再使用现在的徽标", required=False)

    def __init__(self, *args, region, **kwargs):
        """`region` is what is in force."""
        fields = [name for name in self.base_fields if hasattr(region, name)]
        super().__init__(*args, initial={name: getattr(region, name) for name in fields}, **kwargs)
        if not region.logo:
            del self.fields["without_logo"]

    def clean_name(self):
        """Return the name without blanks between its characters."""
        return "".join(self.cleaned_data["name"].split())

    def ask_to_confirm(self):
        """Show the box that confirms another level, once it was refused."""
        if "level" in self.errors:
            self.fields["confirmed"].widget = forms.CheckboxInput(attrs={"class": "form-check-input"})
