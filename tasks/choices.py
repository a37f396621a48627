"""Choices of plans, duties, reports and lights (design: Words, Rules of progress, Lights)."""

from django.db import models


class PlanState(models.TextChoices):
    """State of a plan: before or after issue (印发), or issued by mistake and withdrawn (撤回印发)."""

    DRAFT = "draft", "拟制中"
    ISSUED = "issued", "已印发"
    WITHDRAWN = "withdrawn", "已撤回印发"


ONCE_ISSUED = (PlanState.ISSUED, PlanState.WITHDRAWN)
"""States in which a plan and what happened to its duties can be read."""


class PartKind(models.TextChoices):
    """Kind of a part: the table itself, or the notice that precedes it."""

    TABLE = "table", "任务分解表"
    NOTICE = "notice", "通知正文要求"


class Recurrence(models.TextChoices):
    """How often a deadline recurs; `ONGOING` has no deadline."""

    ONGOING = "ongoing", "长期坚持"
    WEEKLY = "weekly", "每周"
    MONTHLY = "monthly", "每月"
    QUARTERLY = "quarterly", "每季度"
    HALF_YEARLY = "half_yearly", "每半年"


class DutyRole(models.TextChoices):
    """Column of the table that names the unit."""

    LEAD = "lead", "牵头"
    RESPONSIBLE = "responsible", "责任"


class Status(models.TextChoices):
    """Status of a duty (design: Rules of progress)."""

    NOT_STARTED = "not_started", "未启动"
    IN_PROGRESS = "in_progress", "推进中"
    UNDER_REVIEW = "under_review", "待审核"
    COMPLETED = "completed", "办结"


IN_HAND = (Status.NOT_STARTED, Status.IN_PROGRESS)
"""Statuses in which the unit has the next step."""


class ReportState(models.TextChoices):
    """State of a progress report (design: Rules of progress)."""

    DRAFT = "draft", "草稿"
    AWAITING_LEADER = "awaiting_leader", "待审签"
    SUBMITTED = "submitted", "已报送"
    APPROVED = "approved", "已通过"
    RETURNED = "returned", "已退回"


NOT_SUBMITTED = (ReportState.DRAFT, ReportState.AWAITING_LEADER)
"""States before submission: such a report is visible to its own unit only, and no figure counts it."""


class ReviewStage(models.TextChoices):
    """Who has to answer a submitted report."""

    LEAD = "lead", "牵头部门"
    OFFICE = "office", "政府办公室"


class Event(models.TextChoices):
    """Kind of a step in the history of a duty (流转记录)."""

    SUBMITTED = "submitted", "报送进展"
    CLAIMED = "claimed", "申报办结"
    WITHDRAWN = "withdrawn", "撤回"
    APPROVED = "approved", "审核通过"
    RETURNED = "returned", "退回"
    REVOKED = "revoked", "撤销办结"
    AMENDED = "amended", "调整"
    ACKNOWLEDGED = "acknowledged", "签收"
    EXTENDED = "extended", "延期"
    SUSPENDED = "suspended", "中止"
    RESUMED = "resumed", "恢复办理"
    PASSED_ON = "passed_on", "转政府办公室"
    HANDED_OVER = "handed_over", "移交"
    REASSIGNED = "reassigned", "改派"
    RELEASED = "released", "解除"
    REINSTATED = "reinstated", "恢复承担"
    UNAPPROVED = "unapproved", "撤回审核通过"
    UNRETURNED = "unreturned", "撤回退回"
    UNEXTENDED = "unextended", "撤回延期"
    UNREFUSED = "unrefused", "撤回不同意延期"
    UNISSUED = "unissued", "撤回印发"


class ImportState(models.TextChoices):
    """State of the import of a plan's file."""

    RECEIVED = "received", "待读取"
    READ = "read", "待核对"
    UNREADABLE = "unreadable", "无法读取"
    TAKEN = "taken", "已写入"


class Light(models.TextChoices):
    """Light of a duty on a given day (design: Lights), most urgent first."""

    OVERDUE = "overdue", "逾期"
    DUE_SOON = "due_soon", "临期"
    REVIEW = "review", "待审核"
    NOT_STARTED = "not_started", "未启动"
    ON_TRACK = "on_track", "推进中"
    DONE = "done", "办结"


class EvidenceKind(models.TextChoices):
    """Kind of an item of evidence (design: Words)."""

    OWN_PLAN = "own_plan", "本单位方案"
    MINUTES = "minutes", "会议纪要"
    TRAINING = "training", "培训材料"
    LINK = "link", "公开链接"
    SCREENSHOT = "screenshot", "网页截图"
    PHOTO = "photo", "照片"
    LEDGER = "ledger", "数据台账"
    ARTICLE = "article", "宣传稿件"
    OTHER = "other", "其他材料"


class Grade(models.TextChoices):
    """Urgency of a reminder sent by hand (design: Words), mildest first."""

    BLUE = "blue", "提醒"
    YELLOW = "yellow", "催办"
    RED = "red", "督办"


class ReminderState(models.TextChoices):
    """Whether a unit has answered a reminder that was sent by hand, of one duty, on a given day."""

    OVERDUE = "overdue", "逾期未回复"
    WAITING = "waiting", "未回复"
    ANSWERED = "answered", "已回复"
    LAPSED = "lapsed", "无需回复"
    WITHDRAWN = "withdrawn", "已撤销"


UNANSWERED = (ReminderState.OVERDUE, ReminderState.WAITING)
"""States in which the unit has yet to answer."""


class AutomaticKind(models.TextChoices):
    """Reason of an automatic reminder, most urgent first."""

    AFTER = "after", "已经逾期"
    UNANSWERED = "unanswered", "退回未补正"
    BEFORE = "before", "临近时限"
    ROUND = "round", "报送批次"
    SILENT = "silent", "长期未报"
    LEADER = "leader", "逾期报分管领导"


class RoundPhase(models.TextChoices):
    """Where a round (报送批次) is on a day."""

    RUNNING = "running", "进行中"
    OVER_TIME = "over_time", "已过截止日期"
    COMING = "coming", "未开始"
    CLOSED = "closed", "已结束"


class Submission(models.TextChoices):
    """Whether a duty was reported on in a round (报送批次)."""

    MISSING = "missing", "未报送"
    LATE = "late", "逾期报送"
    IN_TIME = "in_time", "已报送"


class PeriodState(models.TextChoices):
    """How far a unit is with a duty in its present period (本期); the first four wait for the unit."""

    EMPTY = "empty", "未填"
    DRAFT = "draft", "草稿"
    RETURNED = "returned", "退回"
    AWAITING_LEADER = "awaiting_leader", "待审签"
    SUBMITTED = "submitted", "已报送"
    APPROVED = "approved", "已通过"


class PeriodSeen(models.TextChoices):
    """How far a unit is in its period, as lists show it: others than the unit see nothing of what is not submitted."""

    NONE = "none", "未报"
    EMPTY = PeriodState.EMPTY.value, PeriodState.EMPTY.label
    DRAFT = PeriodState.DRAFT.value, PeriodState.DRAFT.label
    AWAITING_LEADER = PeriodState.AWAITING_LEADER.value, PeriodState.AWAITING_LEADER.label
    RETURNED = PeriodState.RETURNED.value, PeriodState.RETURNED.label
    SUBMITTED = PeriodState.SUBMITTED.value, PeriodState.SUBMITTED.label
    APPROVED = PeriodState.APPROVED.value, PeriodState.APPROVED.label


REPORTED = (PeriodState.SUBMITTED, PeriodState.APPROVED)
"""States of a duty that was reported on in its period."""


class ExtensionState(models.TextChoices):
    """State of a request for a later deadline (延期申请)."""

    REQUESTED = "requested", "待决定"
    GRANTED = "granted", "同意"
    REFUSED = "refused", "不同意"
    WITHDRAWN = "withdrawn", "已撤回"


class MailState(models.TextChoices):
    """State of an e-mail, as listed for the office."""

    FAILING = "failing", "发送失败，将重试"
    GIVEN_UP = "given_up", "已停止发送"
    WAITING = "waiting", "待发送"
    SENT = "sent", "近30天已发送"


class Opinion(models.TextChoices):
    """Opinion of a lead on a responsible unit's report (牵头意见)."""

    ENDORSED = "endorsed", "认可"
    WANTS_MORE = "wants_more", "需补充"


class Quality(models.IntegerChoices):
    """Reviewer's rating of an approved report; used by the yearly assessment."""

    EXCELLENT = 4, "优"
    GOOD = 3, "良"
    FAIR = 2, "一般"
    POOR = 1, "较差"


GOOD_ENOUGH_TO_FOLLOW = (Quality.EXCELLENT, Quality.GOOD)
"""Ratings of reports that may be listed as exemplary cases (典型经验)."""


class EnteredAnswer(models.TextChoices):
    """Answer of a unit to a report that the office entered for it (代填)."""

    CONFIRMED = "confirmed", "认可"
    OBJECTED = "objected", "提出异议"
    WITHDRAWN = "withdrawn", "撤回修改"


class LineKind(models.TextChoices):
    """How a row of a 填报表 stands against the server's draft."""

    WRONG = "wrong", "有错误"
    CONFLICT = "conflict", "服务器上已有改动"
    NEW = "new", "新填写"
    CHANGED = "changed", "有改动"
    CLOSED = "closed", "不能填报"
    SENT = "sent", "已报送"
    SAME = "same", "与草稿相同"
    BLANK = "blank", "未填写"


class Sharing(models.TextChoices):
    """Who opens a saved view (视图)."""

    OWN = "own", "只有本人"
    UNIT = "unit", "本单位"
    COUNTY = "county", "所有人"
