"""Kinds of units and roles of people (design: Words, Who may do what)."""

from django.db import models


class UnitKind(models.TextChoices):
    """Kinds of units, by which collectives are resolved."""

    OFFICE = "office", "政府办公室"
    DEPARTMENT = "department", "政府部门"
    INSTITUTION = "institution", "事业单位"
    VERTICAL = "vertical", "垂直管理机构"
    TOWN = "town", "镇"
    TOWNSHIP = "township", "乡镇"
    SUBDISTRICT = "subdistrict", "街道"


RURAL = (UnitKind.TOWN, UnitKind.TOWNSHIP, UnitKind.SUBDISTRICT)
"""Towns, townships and subdistricts (乡镇、街道)."""


class Role(models.TextChoices):
    """Roles of people."""

    OFFICE = "office", "政府办公室工作人员"
    REVIEWER = "reviewer", "审核人"
    LIAISON = "liaison", "联络员"
    LEADER = "leader", "分管领导"
    AUDITOR = "auditor", "审计（只读）"


READS_EVERYTHING = frozenset({Role.OFFICE, Role.REVIEWER, Role.AUDITOR})
BELONGS_TO_A_UNIT = frozenset({Role.LIAISON, Role.LEADER})
NEEDS_SECOND_PERSON = frozenset({Role.OFFICE, Role.REVIEWER})
"""Roles that one administrator alone cannot give; nor the right of an administrator."""


class GrantState(models.TextChoices):
    """States of a proposal to give rights."""

    PENDING = "pending", "待确认"
    CONFIRMED = "confirmed", "已确认"
    REFUSED = "refused", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"


class MoveState(models.TextChoices):
    """States of a move to another unit on a day to come."""

    WAITING = "waiting", "未到日期"
    DONE = "done", "已办理"
    FAILED = "failed", "未能办理"
    CANCELLED = "cancelled", "已取消"


class TokenScope(models.TextChoices):
    """What a token may read of what its owner may."""

    TABLE = "table", "分解表和单位"
    TASKS = "tasks", "分解表、单位和任务"
    ALL = "all", "分解表、单位、任务和承办事项"


class Handling(models.TextChoices):
    """How somebody handled the account of another person."""

    MADE = "made", "登记账号"
    PASSWORD = "password", "发放一次性密码"  # noqa: S105 - a word
    LINK = "link", "发送登记链接"
    RENAMED = "renamed", "更改登录名"


class MailChoice(models.TextChoices):
    """When notifications are sent by e-mail."""

    DAILY = "daily", "每日汇总"
    AT_ONCE = "at_once", "随时发送"
    OFF = "off", "不发邮件"
