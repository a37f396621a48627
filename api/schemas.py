"""Schemas of responses and queries; their Chinese texts become the API's description."""

from datetime import date

from ninja import Field, Schema

from tasks.choices import Light

LIGHTS = "亮灯：" + "、".join(f"{light.value}{light.label}" for light in Light)


class Failure(Schema):
    """An error."""

    detail: str = Field(description="一句说明")


class PlanOut(Schema):
    """An issued plan."""

    id: int
    year: int
    title: str
    number: str = Field(description="发文字号")
    issuer: str = Field(description="发文机关")
    issued_on: date = Field(description="印发日期")
    demo: bool = Field(description="是否含演示数据")


class UnitOut(Schema):
    """A unit of the register."""

    id: int
    name: str
    short_name: str = Field(description="简称")
    kind: str = Field(description="类别代码")
    kind_name: str = Field(description="类别")
    division_code: str = Field(description="行政区划代码")
    established_on: date | None = Field(description="设立日期")
    retired_on: date | None = Field(description="撤销日期")
    successor: int | None = Field(description="并入单位的id")


class Heading(Schema):
    """A part or section."""

    id: int
    heading: str


class Deadline(Schema):
    """A deadline in words and as a day."""

    words: str = Field(description="分解表原文；没有原文的为日期或周期")
    due_on: date | None = Field(description="完成时限，含当日")
    recurrence: str = Field(description="周期代码，没有的为空")


class Cell(Schema):
    """A cell of the row."""

    as_written: list[str] = Field(description="分解表原文，逐项")
    units: list[int] = Field(description="截至日承担此项的单位id")


class SupplementOut(Schema):
    """What a supplement did to a row."""

    number: str = Field(description="补充通知的文号")
    dated_on: date | None = Field(description="补充通知的日期")
    effect: str = Field(description="added新增，changed调整")


class Counts(Schema):
    """Numbers of duties by light, of those that the token's owner may see."""

    owed: int = Field(description="承办事项")
    overdue: int = Field(description="逾期")
    due_soon: int = Field(description="临期")
    review: int = Field(description="待审核")
    not_started: int = Field(description="未启动")
    on_track: int = Field(description="推进中")
    done: int = Field(description="办结")
    on_time: int = Field(description="按时办结")


class TaskOut(Schema):
    """A row of the plan."""

    id: int
    plan: int = Field(description="分解表的id")
    number: int = Field(description="序号")
    part: Heading
    section: Heading
    requirement: str = Field(description="具体要求")
    deadline: Deadline
    lead: Cell = Field(description="牵头部门")
    responsible: Cell = Field(description="责任单位")
    supplements: list[SupplementOut] = Field(description="截至日有效的补充通知对本项的新增和调整，按先后")
    counts: Counts = Field(description="令牌所有人可查看的承办事项，按亮灯计")
    demo: bool = Field(description="是否含演示数据")


class UnitShort(Schema):
    """The unit of a duty."""

    id: int
    name: str


class TaskShort(Schema):
    """The row of a duty."""

    id: int
    number: int
    requirement: str


class AssignmentOut(Schema):
    """A unit's duty on one row, as of a day."""

    id: int
    plan: int
    unit: UnitShort
    task: TaskShort
    role: str = Field(description="lead牵头，responsible责任")
    due_on: date | None = Field(description="截至日的完成时限，长期坚持的为空")
    first_due_on: date | None = Field(description="原定时限")
    status: str = Field(description="办理状态：not_started、in_progress、under_review、completed")
    light: str = Field(description=LIGHTS)
    is_late: bool = Field(description="逾期后才申报办结")
    days_left: int | None = Field(description="距时限天数，负数为逾期天数")
    demo: bool = Field(description="是否含演示数据")


class ReportOut(Schema):
    """A report submitted by the end of that day."""

    id: int
    submitted_on: date = Field(description="报送日期")
    state: str = Field(description="submitted已报送，approved已通过，returned已退回")
    claims_completion: bool = Field(description="是否申报办结")
    reviewed_on: date | None = Field(description="审核日期")


class AssignmentDetail(AssignmentOut):
    """A duty with its reports."""

    as_of: date = Field(description="截至日期")
    counted: bool = Field(description="截至日是否计入；已解除或中止的不计入")
    reports: list[ReportOut]


class TaskDetail(TaskOut):
    """A row as of a day."""

    as_of: date = Field(description="截至日期")


class Page(Schema):
    """Base of paginated results."""

    total: int = Field(description="总数")
    page: int
    page_size: int
    pages: int


class Plans(Page):
    """Issued plans."""

    results: list[PlanOut]


class Units(Page):
    """Units."""

    results: list[UnitOut]


class OfPlan(Page):
    """Base of results of one plan as of a day."""

    plan: int
    as_of: date
    demo: bool = Field(description="是否含演示数据")


class Tasks(OfPlan):
    """Rows of a plan."""

    results: list[TaskOut]


class Assignments(OfPlan):
    """Duties."""

    results: list[AssignmentOut]


class Paging(Schema):
    """Query parameters of pagination."""

    page: int = Field(1, ge=1, le=1_000_000, description="第几页")
    page_size: int = Field(50, ge=1, le=200, description="每页条数，最多200")


class Day(Schema):
    """Query parameter of the day."""

    as_of: str | None = Field(None, description="截至日期，如2024-09-30；不填为今天")


class TaskQuery(Paging, Day):
    """Query parameters of rows; values are validated by the page's filter set."""

    plan: str | None = Field(None, description="分解表的id；不填为最近印发的")
    part: list[str] = Field([], description="部分的id；可写多个")
    q: str | None = Field(None, description="具体要求中的文字")
    lead: str | None = Field(None, description="牵头单位的id")
    light: list[str] = Field([], description=f"有承办事项亮此灯；可写多个。{LIGHTS}")


class AssignmentQuery(Paging, Day):
    """Query parameters of duties; values are validated by the page's filter set."""

    plan: str | None = Field(None, description="分解表的id；不填为最近印发的")
    unit: list[str] = Field([], description="承办单位的id；可写多个")
    task: str | None = Field(None, description="任务的id")
    role: str | None = Field(None, description="lead牵头，responsible责任")
    light: list[str] = Field([], description=f"可写多个。{LIGHTS}")
    part: list[str] = Field([], description="部分的id；可写多个")
    section: str | None = Field(None, description="工作任务（类别）的id")
    number: str | None = Field(None, description="任务的序号")
    q: str | None = Field(None, description="具体要求中的文字")
    due_from: str | None = Field(None, description="时限自")
    due_to: str | None = Field(None, description="时限至")
