"""Forms that call a service and come back with its refusal in them."""

import unicodedata

from django import forms
from django.contrib import messages
from django.core.validators import MaxLengthValidator

from .errors import Refused

TEXT_LIMIT = 20_000  # characters; at most 64 kB of Chinese text in one field


def clean_text(text):
    """Strip control characters and marks that reorder text, keep line breaks and tabs, use one kind of line break."""
    text = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"} and c not in _BIDI
    ).strip()


_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class TextField(forms.CharField):
    """A field for prose: cleaned of control characters, limited in length."""

    def __init__(self, *, rows=4, limit=TEXT_LIMIT, **kwargs):
        """Take the height of the box in lines and the limit in characters."""
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(strip=False, **kwargs)
        self.validators.append(MaxLengthValidator(limit))

    def to_python(self, value):
        """Return the cleaned text."""
        return clean_text(super().to_python(value))


def dress(form):
    """Return each widget of `form` the class that the look expects."""
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


class HouseForm(forms.Form):
    """A form in the look of the house."""

    error_css_class = "has-error"
    required_css_class = "required"

    def __init__(self, *args, **kwargs):
        """Dress the widgets and drop the colon after labels."""
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        dress(self)


class ServiceForm(HouseForm):
    """A form whose fields are the keywords of one service function."""

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
            self.add_error(self.refused_on, list(refusal.args))
            self.status = refusal.status
            return False
        return True


def carry_out(request, said, service, *args):
    """Make the step and say that it was done, or why a rule refuses it: mostly it was done already, in another tab."""
    try:
        service(*args, by=request.user)
    except Refused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, said)
