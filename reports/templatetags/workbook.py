"""What pages offer of the workbook."""

from django import template

from reports.exports.workbook import SheetName

register = template.Library()


@register.simple_tag
def summary_sheets():
    """Return name and label of each sheet that can be had alone."""
    return SheetName.choices
