"""Forms of questions on rows and their answers (答疑)."""

import uuid

from django import forms

from departments.models import Unit
from tasks.models.progress.discussion import MAX_TEXT_CHARS
from wenshang_disclosure.core.region import office_name
from wenshang_disclosure.core.web.forms import ServiceForm, TextField


class QuestionForm(ServiceForm):
    """A question; `key` identifies the form, so that posting it twice asks once, `about` what is asked about."""

    prefix = "ask"
    asked_unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label="向谁提问",
        required=False,
        error_messages={"invalid_choice": "没有这个单位，请重新选择。"},
    )
    text = TextField(label="问题", rows=3, limit=MAX_TEXT_CHARS, error_messages={"required": "请填写问题。"})
    about = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, units, by_default, **kwargs):
        """Offer the units that can be asked; `by_default` names who is asked where none is chosen."""
        super().__init__(*args, **kwargs)
        field = self.fields["asked_unit"]
        field.queryset, field.empty_label = units, by_default

    @classmethod
    def of(cls, user, units, *args, **kwargs):
        """Return the form for `user`, who may ask `units`."""
        return cls(*args, units=units, by_default=office_name() if user.acting_unit_id else "各承办单位", **kwargs)


class AnswerForm(ServiceForm):
    """An answer to one question; a page has several of these forms."""

    prefix = "answer"
    text = TextField(label="答复", rows=3, limit=MAX_TEXT_CHARS, error_messages={"required": "请填写答复。"})
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, question, **kwargs):
        super().__init__(*args, auto_id=f"id_{question.pk}_%s", **kwargs)

    @classmethod
    def new(cls, question):
        """Return an unbound form."""
        return cls(question=question, initial={"key": uuid.uuid4()})


class TakeBackForm(ServiceForm):
    """The reason why 口径 is taken back."""

    prefix = "back"
    reason = TextField(
        label="取消口径的原因",
        rows=2,
        limit=500,
        help_text="承办单位会看到。",
        error_messages={"required": "请填写取消口径的原因。"},
    )

    def __init__(self, *args, guidance, **kwargs):
        super().__init__(*args, auto_id=f"id_{guidance.pk}_%s", **kwargs)
