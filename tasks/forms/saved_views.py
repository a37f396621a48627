"""Form of a saved view (视图): its name, and who opens it."""

from django import forms
from django.core.exceptions import ValidationError

from tasks.choices import Sharing
from tasks.models.saved_view import MAX_NAME_CHARS
from tasks.rules import ranges_to_share
from wenshang_disclosure.core.web.forms import ServiceForm, clean_text


class ViewForm(ServiceForm):
    """Name of a view, and who opens it."""

    name = forms.CharField(
        label="名称",
        max_length=MAX_NAME_CHARS,
        error_messages={"required": "请填写视图名称。", "max_length": f"名称最多{MAX_NAME_CHARS}个字。"},
    )
    sharing = forms.ChoiceField(
        label="谁可以打开",
        choices=Sharing,
        error_messages={"invalid_choice": "您不能把视图共享到这个范围。", "required": "请选择谁可以打开。"},
    )

    def __init__(self, *args, user, **kwargs):
        """Offer the ranges in which `user` may share."""
        super().__init__(*args, **kwargs)
        initial = [self.initial["sharing"]] if self.initial.get("sharing") else []
        allowed = [*ranges_to_share(user), *initial]
        self.fields["sharing"].choices = [(one.value, one.label) for one in Sharing if one in allowed]

    def clean_name(self):
        name = " ".join(clean_text(self.cleaned_data["name"]).split())
        if not name:
            raise ValidationError("请填写视图名称。")
        return name
