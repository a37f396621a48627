"""The words of an entry."""

from django.db import models


class Kind(models.TextChoices):
    """What sort of act it was."""

    SIGN_IN = "sign_in", "登录"
    CHANGE = "change", "办理"
    PERMISSION = "permission", "账号与权限"
    EXPORT = "export", "导出与下载"
    DENIED = "denied", "越权访问"
    SYSTEM = "system", "系统维护"


class Result(models.TextChoices):
    """How it ended."""

    DONE = "done", "成功"
    FAILED = "failed", "失败"
