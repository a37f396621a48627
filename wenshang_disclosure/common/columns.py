"""Columns of tables."""

import django_tables2 as tables
from django.template.loader import get_template


class PartColumn(tables.TemplateColumn):
    """A cell drawn by a small template that needs the record alone: no context of a whole page is made for it."""

    def render(self, record, **kwargs):
        """Draw the cell."""
        return get_template(self.template_name).render({"record": record})

    def value(self, record, **kwargs):
        """Not used for plain text."""
        return self.render(record)
