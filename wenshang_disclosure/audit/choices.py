"""Choices of audit entries."""

from django.db import models


class Kind(models.TextChoices):
    """Kinds of acts."""

    SIGN_IN = "sign_in", "登录"
    CHANGE = "change", "办理"
    PERMISSION = "permission", "账号与权限"
    EXPORT = "export", "导出与下载"
    DENIED = "denied", "越权访问"
    SYSTEM = "system", "系统维护"


class Result(models.TextChoices):
    """Results of acts."""

    DONE = "done", "成功"
    FAILED = "failed", "失败"
