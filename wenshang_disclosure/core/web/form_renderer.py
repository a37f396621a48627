"""Renderer of forms that writes the plainest parts itself: as templates, a page of filters has a hundred of them.

What it writes is what the templates of the same names give (tests/core/web/test_form_renderer.py).
"""

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


def _attributes(attrs):
    return "".join(
        f" {conditional_escape(name)}"
        if value is True
        else f' {conditional_escape(name)}="{conditional_escape(value)}"'
        for name, value in (attrs or {}).items()
        if value is not False
    )


def _input(context):
    widget = context["widget"]
    value = "" if widget["value"] is None else f' value="{conditional_escape(widget["value"])}"'
    name, attrs = conditional_escape(widget["name"]), _attributes(widget["attrs"])
    return f'<input type="{widget["type"]}" name="{name}"{value}{attrs}>'


def _textarea(context):
    widget = context["widget"]
    name, attrs = conditional_escape(widget["name"]), _attributes(widget["attrs"])
    return f'<textarea name="{name}"{attrs}>\n{conditional_escape(widget["value"] or "")}</textarea>'


def _label(context):
    label, tag = conditional_escape(context["label"]), context["tag"]
    return f"<{tag}{_attributes(context['attrs'])}>{label}</{tag}>" if context["use_tag"] else label


def _errors(context):
    errors = context["errors"]
    if not errors:
        return ""
    place = f' id="{errors.field_id}_error"' if errors.field_id else ""
    lines = "".join(f"<li>{conditional_escape(error)}</li>" for error in errors)
    return f'<ul class="{context["error_class"]}"{place}>{lines}</ul>'


def _select(context):
    widget = context["widget"]
    groups = "".join(_group(label, options) for label, options, _ in widget["optgroups"])
    return f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>{groups}</select>'


def _group(label, options):
    drawn = "".join(
        f'<option value="{conditional_escape(one["value"])}"{" selected" if one["selected"] else ""}>'
        f"{conditional_escape(one['label'])}</option>"
        for one in options
    )
    return f'<optgroup label="{conditional_escape(label)}">{drawn}</optgroup>' if label else drawn


INPUTS = ("text", "number", "email", "url", "password", "hidden", "date", "checkbox")
DRAWN = {
    **{f"django/forms/widgets/{name}.html": _input for name in INPUTS},
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
    "django/forms/label.html": _label,
    "django/forms/errors/list/default.html": _errors,
}


class FormRenderer(TemplatesSetting):
    """Renderer with the templates of the product; the parts in `DRAWN` are written by functions."""

    def render(self, template_name, context, request=None):
        draw = DRAWN.get(template_name)
        return SafeString(draw(context)) if draw else super().render(template_name, context, request)
