"""A Word template of the office's own."""

from django import forms

from wenshang_disclosure.common.forms import ServiceForm


class TemplateForm(ServiceForm):
    """The file."""

    upload = forms.FileField(
        label="模板文件",
        help_text="不含宏的 Word 文档（.docx），不超过5 MB。",
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请核对后重新选择。"},
    )
