"""Whom users ask at the office: shown on the sign-in page and to the units (求助电话)."""

from django.db import models

from wenshang_disclosure.core.region import office_name


class OfficeContact(models.Model):
    """The name and telephone numbers of the place that helps users, which the office keeps itself; one record."""

    who = models.CharField("联系谁", max_length=60)
    phone = models.CharField("联系电话", max_length=60, blank=True)
    note = models.CharField("说明", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "求助电话"
        constraints = [models.CheckConstraint(name="one_office_contact", condition=models.Q(pk=1))]

    def __str__(self):
        return f"{self.who}{f'，{self.phone}' if self.phone else ''}"

    @classmethod
    def current(cls):
        """Return the contact, an unsaved one without a number where the office has entered none."""
        return cls.objects.filter(pk=1).first() or cls(pk=1, who=office_name())
