"""Bulletin (《政务公开重点工作进展情况通报》) as of a day, as a Word file from the template in use."""

from dataclasses import replace

from reports import figures
from reports.choices import TemplateKind
from reports.exports.lists.lists import DEMO
from reports.models import Bulletin
from tasks.choices import Grade, Light
from tasks.templatetags.lights import light_in_words
from wenshang_disclosure.core.evenings import evening
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import may

from . import bulletin_words as words
from . import summary
from .lagging import MAX_ROWS, lagging
from .templates import filled

RECIPIENTS = worded("各乡镇（街道）人民政府（办事处），{government_short}各部门、单位")
GROUPS = (("部门", "部门、单位"), ("乡镇", "乡镇（街道）"))


def bulletin(scope, template, number=None):
    """Write the bulletin of what the scope's user may see, from an open template; return an open file.

    `number` is that under which it is issued, `None` for a draft.
    """
    return filled(template, TemplateKind.BULLETIN, fields(scope, number))


def fields(scope, number=None):
    """Return the data of the bulletin by the names of its fields."""
    plan, as_of, duties = scope.plan, scope.as_of, scope.duties()
    rows = figures.counted(duties)
    total = summary.totals(rows, duties)
    ranked = may(scope.user, "reports.see_current_ranks")
    groups = summary.by_unit(rows, ranked=ranked)
    late = lagging(scope)
    answer_by = scope.rules[plan.pk].answer_by(Grade.BLUE, as_of)
    return {
        **about(plan, as_of, f"关于{plan.year}年政务公开重点工作\n进展情况的通报"),
        "主送机关": str(RECIPIENTS),
        "发文机关": plan.issuer,
        "合计": total,
        "期号": f"第{number}期" if number else "",
        "较上期": _change(scope, total),
        "总体情况": words.overall(words.in_words(as_of), total),
        "各部分": [{**part, "文字": words.of_part(part)} for part in summary.by_part(rows)],
        "排名": "是" if ranked else "",
        **_of_groups(groups, ranked),
        "滞后说明": words.of_lagging(late, min(len(late), MAX_ROWS)),
        "滞后任务": late[:MAX_ROWS],
        "其余滞后任务": words.of_the_rest(late[MAX_ROWS:]),
        "下步要求": words.requirements([row for units in groups for row in units], answer_by) if total["应办"] else [],
        "逾期清单": _overdue_duties(duties),
    }


def _change(scope, total):
    """Return the sentence on what has changed since the last bulletin, "" without one."""
    last = Bulletin.objects.before(scope.plan, scope.as_of)
    if last is None:
        return ""
    with evening(last.as_of):
        before = figures.totals(figures.counted(replace(scope, as_of=last.as_of).duties()))
    return words.change(last, summary.counts(before), total)


def about(plan, as_of, title):
    """Return the fields about plan and day that all Word files have."""
    return {
        "标题": title,
        "年度": plan.year,
        "分解表": plan.title,
        "发文字号": plan.document_number,
        "截至日期": words.in_words(as_of),
        "成文日期": words.in_words(as_of),
        "演示标注": f"（{DEMO.rstrip('。')}）" if plan.has_demo_activity else "",
    }


def _of_groups(groups, ranked):
    told = {}
    for (name, label), units in zip(GROUPS, groups, strict=True):
        told[f"进展较快的{name}"] = words.leading_units(label, units) if ranked else ""
        told[f"进展滞后的{name}"] = words.overdue_units(label, units, ranked=ranked)
        told[name] = [
            {"序号": place, "单位": row["unit__name"], **summary.counts(row)} for place, row in enumerate(units, 1)
        ]
        told[f"{name}合计"] = {"单位数": len(units), **summary.counts(figures.totals(units))}
    return told


def _overdue_duties(duties):
    late = duties.filter(light=Light.OVERDUE).for_lists().order_by("days_left", "task__number", "unit__order", "pk")
    return [
        {
            "序号": place,
            "单位": duty.unit.name,
            "职责": duty.get_role_display(),
            "任务序号": duty.task.number,
            "具体要求": duty.task.requirement,
            "完成时限": f"{duty.due_on:%Y-%m-%d}",
            "逾期天数": duty.days_overdue,
            "办理情况": light_in_words(duty),
        }
        for place, duty in enumerate(late, 1)
    ]
