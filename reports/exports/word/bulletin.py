"""Bulletin (《政务公开重点工作进展情况通报》) as of a day, as a Word file from the template in use."""

from reports import figures
from reports.choices import TemplateKind
from reports.exports.lists.lists import DEMO
from tasks.choices import Light
from tasks.templatetags.lights import light_in_words
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import may

from . import bulletin_words as words
from . import summary
from .templates import filled

RECIPIENTS = worded("各乡镇（街道）人民政府（办事处），{government_short}各部门、单位")
GROUPS = (("部门", "部门、单位"), ("乡镇", "乡镇（街道）"))


def bulletin(scope, template):
    """Write the bulletin of what the scope's user may see, from an open template; return an open file."""
    return filled(template, TemplateKind.BULLETIN, fields(scope))


def fields(scope):
    """Return the data of the bulletin by the names of its fields."""
    plan, as_of, duties = scope.plan, scope.as_of, scope.duties()
    rows = figures.counted(duties)
    total = summary.totals(rows, duties)
    ranked = may(scope.user, "reports.see_current_ranks")
    groups = summary.by_unit(rows, ranked=ranked)
    late_units = sum(summary.overdue(units, ranked=ranked)[1] for units in groups)
    return {
        **about(plan, as_of, f"关于{plan.year}年政务公开重点工作\n进展情况的通报"),
        "主送机关": str(RECIPIENTS),
        "发文机关": plan.issuer,
        "合计": total,
        "总体情况": words.overall(words.in_words(as_of), total),
        "各部分": [{**part, "文字": words.of_part(part)} for part in summary.by_part(rows)],
        "排名": "是" if ranked else "",
        **_of_groups(groups, ranked),
        "下步要求": words.requirements(total, late_units) if total["应办"] else [],
        "逾期清单": _overdue_duties(duties),
    }


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
