"""Model of audit entries."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from wenshang_disclosure.core.db import AppendOnly

from .choices import Kind, Result


class AuditEntry(AppendOnly):
    """Who did what to which record, when, from where, and with what result (GB/T 22239-2019 安全审计; ASVS 5.0 V16).

    `signature` is the application's, made when the entry is written; empty in entries from before there were keys.
    `number`, `previous` and `hash` are empty until the entry is sealed into the chain after its transaction, the only
    change that the triggers allow. The actor is stored by id and account, never by name, so that personal data of a
    closed account can be removed while its acts remain. `unit_id` is the unit that the actor belonged to at that time;
    empty where there was none, and in entries from before it was kept.
    """

    at = models.DateTimeField("时间", default=timezone.now)
    kind = models.CharField("类别", max_length=12, choices=Kind)
    act = models.CharField("操作", max_length=100)
    result = models.CharField("结果", max_length=8, choices=Result, default=Result.DONE)
    actor_id = models.BigIntegerField("人员编号", null=True, blank=True)
    account = models.CharField("账号", max_length=150, blank=True)
    unit_id = models.BigIntegerField("所在单位编号", null=True, blank=True)
    address = models.CharField("来源地址", max_length=45, blank=True)
    subject_type = models.CharField("对象类型", max_length=60, blank=True)
    subject_id = models.CharField("对象编号", max_length=40, blank=True)
    subject = models.CharField("对象", max_length=200, blank=True)
    detail = models.JSONField("详情", default=dict, blank=True)
    request = models.CharField("请求编号", max_length=32, blank=True)
    signature = models.CharField("签名", max_length=100, blank=True)
    number = models.BigIntegerField("链上序号", null=True, blank=True, unique=True)
    previous = models.CharField("前一条摘要", max_length=64, blank=True)
    hash = models.CharField("摘要", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "安全审计记录"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["-at"], name="entry_by_time"),
            models.Index(fields=["kind", "-at"], name="entry_by_kind"),
            models.Index(fields=["account", "-at"], name="entry_by_account"),
            models.Index(fields=["actor_id", "-at"], name="entry_by_actor"),
            models.Index(fields=["subject_type", "subject_id"], name="entry_by_subject"),
            models.Index(fields=["id"], name="entry_not_sealed", condition=Q(number__isnull=True)),
        ]

    def __str__(self):
        return f"{self.act} {self.at:%Y-%m-%d %H:%M:%S}"
