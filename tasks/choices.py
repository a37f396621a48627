"""Words of the plan, duties, reports and lights (design §2, §4, §5)."""

from django.db import models


class PlanState(models.TextChoices):
    """Before and after 印发."""

    DRAFT = "draft", "拟制中"
    ISSUED = "issued", "已印发"


class PartKind(models.TextChoices):
    """The table itself, or the notice before it."""

    TABLE = "table", "任务分解表"
    NOTICE = "notice", "通知正文要求"


class Recurrence(models.TextChoices):
    """How a deadline comes back, or that there is none."""

    ONGOING = "ongoing", "长期坚持"
    WEEKLY = "weekly", "每周"
    MONTHLY = "monthly", "每月"
    QUARTERLY = "quarterly", "每季度"
    HALF_YEARLY = "half_yearly", "每半年"


class DutyRole(models.TextChoices):
    """In which column of the table a unit stands."""

    LEAD = "lead", "牵头"
    RESPONSIBLE = "responsible", "责任"


class Status(models.TextChoices):
    """How far a duty is (design §4)."""

    NOT_STARTED = "not_started", "未开始"
    IN_PROGRESS = "in_progress", "办理中"
    UNDER_REVIEW = "under_review", "待审核"
    COMPLETED = "completed", "办结"


class ReportState(models.TextChoices):
    """The life of one progress report (design §4)."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已报送"
    APPROVED = "approved", "已通过"
    RETURNED = "returned", "已退回"


class Event(models.TextChoices):
    """What a line of the timeline tells (流转记录)."""

    SUBMITTED = "submitted", "报送进展"
    CLAIMED = "claimed", "申报办结"
    WITHDRAWN = "withdrawn", "撤回"
    APPROVED = "approved", "审核通过"
    RETURNED = "returned", "退回"
    REVOKED = "revoked", "撤销办结"
    AMENDED = "amended", "调整"


class ImportState(models.TextChoices):
    """How far the import of a file is."""

    RECEIVED = "received", "待读取"
    READ = "read", "待核对"
    UNREADABLE = "unreadable", "无法读取"
    TAKEN = "taken", "已写入"


class Light(models.TextChoices):
    """How a duty stands on a day (design §5), most urgent first."""

    OVERDUE = "overdue", "逾期"
    DUE_SOON = "due_soon", "临期"
    REVIEW = "review", "待审核"
    NOT_STARTED = "not_started", "未启动"
    ON_TRACK = "on_track", "推进中"
    DONE = "done", "办结"


class EvidenceKind(models.TextChoices):
    """What an item of evidence is (design §2)."""

    OWN_PLAN = "own_plan", "本单位方案"
    MINUTES = "minutes", "会议纪要"
    TRAINING = "training", "培训材料"
    LINK = "link", "公开链接"
    SCREENSHOT = "screenshot", "网页截图"
    PHOTO = "photo", "照片"
    LEDGER = "ledger", "数据台账"
    ARTICLE = "article", "宣传稿件"
    OTHER = "other", "其他材料"
