"""What is set in a form of filters, in words."""

from typing import NamedTuple


class Chip(NamedTuple):
    """A filter that is set: the name of its parameter, its label, and what was chosen, in words."""

    name: str
    label: str
    words: str


def chips(form):
    """Return a `Chip` of each filter of a valid or invalid `form` that is set and can be read."""
    chosen = getattr(form, "cleaned_data", {})
    return [
        Chip(name, form.fields[name].label, _value(form.fields[name], chosen[name]))
        for name in form.fields
        if chosen.get(name) not in (None, "") and (not _is_many(chosen[name]) or len(chosen[name]))
    ]


def order_chips(columns):
    """Return a `Chip` of the order where rows are sorted by a column that is not shown: no head says so."""
    names = [columns.label(key.removeprefix("-")) for key in columns.sorted_unseen]
    return [Chip("sort", "排序", f"按{'、'.join(names)}（未显示的列）")] if names else []


def _is_many(value):
    return not isinstance(value, str) and hasattr(value, "__len__")


def _value(field, value):
    if not _is_many(value):
        return dict(getattr(field, "choices", ())).get(value, value)
    if field.widget.is_hidden:
        return f"{len(value)}件"
    labels = dict(field.choices) if not hasattr(field, "queryset") else {}
    return "、".join(str(labels.get(one, one)) for one in value)
