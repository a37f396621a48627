"""The way from an empty installation to the first issued plan (开通准备): six steps, and how far they are done."""

from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from departments.choices import RURAL, Role
from departments.models import Collective, Unit, UnitImport, User
from tasks.choices import ImportState, PlanState
from tasks.models import Designation, Plan, PlanImport
from wenshang_disclosure.core.models import Region

NAMED = 6
DONE, PART, NOW, WAITS = "done", "part", "now", "wait"


@dataclass
class Step:
    """A step: what has been done of it, what is `missing` by name, and the links to do it, the first one next.

    `links` are `(text, address)`. A step that is `begun` is not waited for: the next one can be done meanwhile.
    """

    title: str
    about: str
    is_done: bool = False
    begun: bool = False
    missing: list = field(default_factory=list)
    links: list = field(default_factory=list)
    when: str = ""
    state: str = WAITS


def steps():
    """Return the six `Step`s with their states; the first that is neither done nor begun is the next one."""
    draft = Plan.objects.of_their_own().filter(state=PlanState.DRAFT).order_by("-pk").first()
    issued = Plan.objects.issued().first()
    units = list(Unit.objects.active())
    found = [_names(), _units(units), _people(units), _table(draft, issued), _resolved(draft, issued)]
    found.append(_issue(draft, issued, all(step.is_done or step.begun for step in found)))
    now = next((step for step in found if not (step.is_done or step.begun)), None)
    for step in found:
        step.state = NOW if step is now else DONE if step.is_done else PART if step.begun else WAITS
    return found


def named(names, of):
    """Return the first of some names in a sentence, and how many there are."""
    said = "、".join(f"{name}" for name in names[:NAMED])
    return f"{said}等{len(names)}{of}" if len(names) > NAMED else said


def _names():
    region, page = Region.objects.first(), reverse("departments:region")
    if region is None:
        about = "页面、邮件、文件都用这里的名称。只要填写地区名称和级别，其余各项自动生成，可以再改。"
        return Step("地区与机关名称", about, links=[("填写名称", page)])
    about = f"{region.name}　{region.office}　系统名称“{region.system_name}”"
    return Step(
        "地区与机关名称", about, is_done=True, when=f"{timezone.localdate(region.at):%Y-%m-%d}", links=[("修改", page)]
    )


def _units(units):
    upload, people = reverse("departments:import"), reverse("departments:people")
    if not units:
        about = "从一个 Excel 文件登记单位和人员；也可以先导入分解表，表中写到的单位一次登记。"
        links = [("从表格导入", upload), ("逐个添加", reverse("departments:add-unit"))]
        return Step("单位", about, links=[*_offers(), *links])
    rural = sum(unit.kind in RURAL for unit in units)
    collectives = Collective.objects.count()
    about = f"{len(units)}个单位：部门、单位{len(units) - rural}个，乡镇（街道）{rural}个；统称{collectives}个"
    links = [*_offers(), ("查看", people), ("从表格导入", upload)]
    return Step("单位", about, is_done=True, links=links)


def _offers():
    """Return the link to the units that a file names which is being checked, if there is one."""
    waiting = PlanImport.objects.open().filter(state=ImportState.READ).values_list("pk", flat=True).first()
    return [("从分解表登记", reverse("tasks:import-units", args=[waiting]))] if waiting else []


def _people(units):
    counts = User.objects.filter(is_active=True).aggregate(
        **{role.value: Count("pk", filter=Q(role=role)) for role in Role},
        strangers=Count("pk", filter=Q(last_login__isnull=True, is_staff=False)),
    )
    without = [unit.label for unit in Unit.objects.without_liaison()]
    said = [f"{role.label}{counts[role.value]}人" for role in (Role.LIAISON, Role.LEADER) if counts[role.value]]
    about = f"已有{'、'.join(said)}" if said else "每个单位至少一名联络员，通知、签收和填报都由其办理。"
    step = Step("人员", about, is_done=bool(units) and not without, begun=bool(said))
    if units and without and said:
        why = f"{named(without, '个')}。通知和签收送不到这些单位。"
        step.missing.append((f"{len(without)}个单位还没有联络员", why))
    if counts["strangers"]:
        step.missing.append((f"{counts['strangers']}人还没有登录过", "请发放一次性密码，打印成条交给本人。"))
    listed = reverse("departments:people") + ("?show=without-liaison" if without else "")
    step.links = [("从表格导入", reverse("departments:import")), *_passwords(), ("查看", listed)]
    return step


def _passwords():
    """Return the link to give out the one-time passwords of the latest import, if nobody has."""
    made = UnitImport.objects.filter(taken_at__isnull=False, passwords_given_at__isnull=True, made__isnull=False)
    latest = made.order_by("-pk").values_list("pk", flat=True).first()
    return [("初始密码", reverse("departments:import-file", args=[latest]))] if latest else []


def _table(draft, issued):
    plan, title = draft or issued, "导入分解表"
    waiting = PlanImport.objects.open().filter(state=ImportState.READ).first()
    if plan:
        about = f"《{plan.title}》，{plan.tasks.standing().count()}项任务"
        return Step(title, about, is_done=True, links=[("查看", reverse("tasks:plan", args=[plan.pk]))])
    if waiting:
        about = f"“{waiting.file_name}”已读取，读不准的逐条答复后写入拟制稿。"
        return Step(title, about, links=[("继续核对", reverse("tasks:import-file", args=[waiting.pk]))])
    about = (
        "上传办公室印发稿或送审稿，通知正文和表在同一个文件里更好。系统读出标题、文号、每项任务的牵头部门、责任单位和时限；"
        "读不准的逐条问您，全部答完才写入拟制稿。"
    )
    links = [("选择分解表", reverse("tasks:import")), ("新建空白分解表", reverse("tasks:new-plan"))]
    return Step(title, about, links=links)


def _resolved(draft, issued):
    title, plan = "明确有关部门", draft or issued
    if plan is None:
        about = "“有关部门、单位”没有固定所指，逐项勾选单位；不明确的先显示“待明确”，不产生承办事项。"
        return Step(title, about, when="导入后")
    rows = Designation.objects.unresolved().filter(task__plan=plan).order_by("task__number")
    numbers = list(dict.fromkeys(rows.values_list("task__number", flat=True)))
    if not numbers:
        return Step(title, "每项任务的单位都已明确。", is_done=True)
    links = [("逐项勾选", reverse("tasks:resolve", args=[plan.pk]))]
    missing = [(f"{len(numbers)}项任务待明确", f"第{named(numbers, '项')}项。也可以印发以后再明确。")]
    return Step(title, "没有固定所指的单位，由办公室逐项勾选。", missing=missing, links=links, begun=issued is not None)


def _issue(draft, issued, is_next):
    title = "印发"
    about = "先看印发前核对：每项任务都有单位、有时限，各单位将承担哪些任务。确认后各单位收到通知，按时签收。"
    if issued:
        links = [("查看", reverse("tasks:plan", args=[issued.pk]))]
        return Step(title, f"《{issued.title}》", is_done=True, when=f"{issued.issued_on:%Y-%m-%d}", links=links)
    if draft is None:
        return Step(title, about, when="前五步之后")
    links = [("印发前核对", reverse("tasks:issue", args=[draft.pk]))]
    return Step(title, about, when="" if is_next else "前五步之后", links=links)
