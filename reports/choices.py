"""Words of files and scores."""

from django.db import models


class TemplateKind(models.TextChoices):
    """Which Word file a template makes."""

    BULLETIN = "bulletin", "进展情况通报"
    ANNUAL_REPORT = "annual_report", "年度报告有关内容"


class Group(models.TextChoices):
    """Who is ranked among whom."""

    DEPARTMENTS = "departments", "部门、单位"
    TOWNSHIPS = "townships", "乡镇（街道）"
