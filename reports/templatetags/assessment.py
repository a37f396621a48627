"""Template tags for scores, current and published alike."""

from django import template

from reports.assessment import CRITERIA

register = template.Library()


@register.simple_tag
def criteria_labels():
    """Return the labels of the criteria."""
    return [criterion.LABEL for criterion in CRITERIA.values()]


@register.simple_tag
def parts_of(row):
    """Return `(label, part)` of each criterion."""
    parts = row.parts if isinstance(row.parts, dict) else {part["criterion"]: part for part in row.parts}
    return [(criterion.LABEL, parts[name]) for name, criterion in CRITERIA.items() if name in parts]
