"""Form base classes: styling, cleaned text, and forms that call a service."""

import unicodedata

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from wenshang_disclosure.core.phones import read_phone

from .errors import Refused
from .numbers import read_number

MAX_TEXT_CHARS = 20_000  # at most 60 kB of Chinese text in UTF-8


def clean_text(text):
    """Return text without control and bidirectional formatting characters, stripped, with LF line ends."""
    text = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"} and c not in _BIDI
    ).strip()


_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class TextField(forms.CharField):
    """A text field without control characters and of limited length."""

    def __init__(self, *, rows=4, limit=MAX_TEXT_CHARS, **kwargs):
        """`rows` is the height in lines, `limit` the maximum number of characters."""
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(strip=False, **kwargs)
        self.validators.append(MaxLengthValidator(limit))

    def to_python(self, value):
        return clean_text(super().to_python(value))


class PhoneField(forms.CharField):
    """A field for one telephone number."""

    widget = forms.TelInput

    def __init__(self, *, max_length=30, **kwargs):
        super().__init__(max_length=max_length, **kwargs)

    def clean(self, value):
        """Return the number as it is kept. Raises `ValidationError` for what is none."""
        return read_phone(super().clean(value) or "")


class OnlyIds:
    """Mixin of fields that choose several records by id: what is no id, or longer than any, is no choice."""

    def clean(self, value):
        """Return the records. Raises `ValidationError` for what is no id, or none that is offered."""
        wrong = [text for text in value or () if read_number(str(text)) is None]
        if wrong:
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": wrong[0]}
            )
        return super().clean(value)


class RecordsField(OnlyIds, forms.ModelMultipleChoiceField):
    """A field that chooses several records by id."""


def add_css_classes(form):
    """Add to each widget of `form` the CSS class of its kind."""
    for field in form.fields.values():
        widget = field.widget
        if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
            name = "choices"
        elif isinstance(widget, forms.CheckboxInput):
            name = "form-check-input"
        elif isinstance(widget, forms.Select):
            name = "form-select"
        else:
            name = "form-control"
        widget.attrs["class"] = f"{widget.attrs.get('class', '')} {name}".strip()


def say_labels_inside(form):
    """Let each field of a filter say by itself what it is, as it stands in a line without labels."""
    for name, field in form.fields.items():
        field.widget.attrs["aria-label"] = field.label or name
        if getattr(field.widget, "input_type", "") == "text":
            field.widget.attrs["placeholder"] = field.label


class StyledForm(forms.Form):
    """Base of forms in the product's style."""

    error_css_class = "has-error"
    required_css_class = "required"

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        add_css_classes(self)


class ServiceForm(StyledForm):
    """Base of forms whose fields are the keyword arguments of one service function."""

    status = 200
    refused_on = None
    """The field beside which a refusal is shown; above the form where there is none."""

    def keywords(self):
        """Return what the service is called with; to be overridden where the fields have other names."""
        return self.cleaned_data

    def carry_out(self, service, *args, **kwargs):
        """Validate, call `service` with the cleaned fields, and return whether it was done."""
        if not self.is_valid():
            self.status = 422
            return False
        return self.call(service, *args, **kwargs, **self.keywords())

    def call(self, service, *args, **kwargs):
        """Call `service`, whatever the fields say, and return whether it was done; `outcome` is what it returned.

        A refusal becomes an error of the form, a line for each of its sentences; `status` then is 422 or 409, and what
        was typed is kept.
        """
        try:
            self.outcome = service(*args, **kwargs)
        except Refused as refusal:
            field = refusal.field if refusal.field in self.fields else self.refused_on
            self.add_error(field, list(refusal.args))
            self.status = refusal.status
            return False
        return True


def carry_out(request, said, service, *args):
    """Call a service and show a message of success or of its refusal, mostly a step done already in another tab."""
    try:
        service(*args, by=request.user)
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, said)
