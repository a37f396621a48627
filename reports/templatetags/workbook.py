"""Template tag of the workbook's sheets."""

from django import template

from reports.exports.workbook import SheetName

register = template.Library()


@register.simple_tag
def summary_sheets():
    """Return name and label of each sheet that can be downloaded alone."""
    return SheetName.choices
