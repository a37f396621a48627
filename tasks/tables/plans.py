"""Table of the rows of a plan, as its page shows them on paper and as files and mails list them."""

import django_tables2 as tables
from django.utils.functional import cached_property

from tasks.choices import DutyRole, Light
from tasks.models import Task
from wenshang_disclosure.core.web.tables import ListTable

NAMES = {"td": {"class": "names"}}


class TaskTable(ListTable):
    """Rows of a plan `with_designations` and `with_supplements`, in the order of the table. Its page merges cells."""

    usual = ("number", "section", "lead", "responsible", "requirement", "deadline", "lights")
    needed = ("number", "requirement")
    widths = {"section": 26, "part": 22, "lead": 26, "responsible": 30, "requirement": 60, "lights": 30}

    number = tables.Column("序号", attrs={"td": {"class": "number"}})
    part = tables.Column("部分", accessor="section__part", attrs={"td": {"class": "section"}})
    section = tables.Column("工作任务", attrs={"td": {"class": "section"}})
    lead = tables.Column("牵头部门", accessor="pk", attrs=NAMES)
    responsible = tables.Column("责任单位", accessor="pk", attrs=NAMES)
    requirement = tables.Column("具体要求")
    deadline = tables.Column("完成时限", accessor="deadline_in_words", attrs={"td": {"class": "deadline"}})
    due_on = tables.Column("时限日期", accessor="closing_day", attrs={"td": {"class": "deadline"}})
    supplement = tables.Column("补充通知", accessor="supplement_notes")
    owed = tables.Column("应办单位", accessor="pk", attrs={"td": {"class": "number"}})
    lights = tables.Column("亮灯", accessor="pk", attrs={"td": {"class": "lit"}})

    @cached_property
    def counts(self):
        """Return the lights of the duties that the user may see, by row."""
        return {row["task"]: row for row in self.scope.light_counts("task")}

    def value_part(self, record):
        return record.section.part.heading

    def value_section(self, record):
        return record.section.heading

    def value_lead(self, record):
        return as_written(record.designated(DutyRole.LEAD))

    def value_responsible(self, record):
        return as_written(record.designated(DutyRole.RESPONSIBLE))

    def value_supplement(self, record):
        return "\n".join(record.supplement_notes)

    def value_owed(self, record):
        return self.counts.get(record.pk, {}).get("owed", 0)

    def value_lights(self, record):
        counts = self.counts.get(record.pk, {})
        return "、".join(f"{light.label}{counts[light.value]}" for light in Light if counts.get(light.value))

    class Meta:
        model = Task
        fields = ()
        orderable = False
        empty_text = "没有符合条件的任务。"


def as_written(designations):
    """Return the entries of a cell, one per line, with 待明确 after those not resolved to a unit."""
    return "\n".join(f"{name.text}（待明确）" if name.is_unresolved else name.text for name in designations)
