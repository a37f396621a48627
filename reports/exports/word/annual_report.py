"""What goes into 政府信息公开工作年度报告 for a unit or the county: a draft from approved reports, with its gaps."""

from itertools import groupby

from reports import figures
from reports.choices import TemplateKind
from tasks.choices import Light
from wenshang_disclosure.core import numerals

from . import bulletin_words as words
from . import summary
from .bulletin import about
from .templates import filled

GAP = "（待补充）"


def annual_report(scope, unit, template):
    """Write the draft for `unit`, the whole county where it is `None`, from an open template; return an open file."""
    return filled(template, TemplateKind.ANNUAL_REPORT, fields(scope, unit))


def fields(scope, unit):
    """Return the data of the draft by the names of its fields."""
    plan, as_of, duties = scope.plan, scope.as_of, scope.duties()
    if unit:
        duties = duties.filter(unit=unit)
    rows = figures.counted(duties)
    total = summary.totals(rows, duties)
    said = _approved(duties, as_of)
    listed = list(duties.for_lists().order_by("task__section__part__order", "task__section__order", "task__number"))
    speakers = [duty for duty in listed if _speaks(duty, said, unit)]
    return {
        **about(plan, as_of, f"{unit.name if unit else ''}{plan.year}年政府信息公开工作年度报告"),
        "单位": unit.name if unit else plan.issuer,
        "合计": total,
        "概述": _overview(plan, as_of, total, unit),
        "各部分": _parts(listed, rows, said, unit),
        "存在问题": _passages(speakers, said, "obstacles", unit) or [_gap("", unit)],
        "改进措施": _passages(speakers, said, "next_steps", unit) or [_gap("", unit)],
        "待补充件数": sum(duty.pk not in said for duty in listed),
    }


def _approved(duties, as_of):
    """Return the report of each duty that was approved by that evening and submitted last, by duty."""
    reports = figures.rated(figures.approved(duties, as_of), as_of)
    return {report.assignment_id: report for report in reports}


def _overview(plan, as_of, total, unit):
    day = words.in_words(as_of)
    who = unit.name if unit else f"全县{total['单位数']}个单位"
    if not total["应办"]:
        return f"{plan.year}年，截至{day}，{who if unit else '全县'}没有应办事项。{GAP}"
    return (
        f"{plan.year}年，{who}按照《{plan.title}》，承办{total['任务数']}项政务公开重点工作任务，"
        f"应办事项共{total['应办']}件。截至{day}，{words.current(total)}"
    )


def _parts(listed, rows, said, unit):
    by_part = {row["task__section__part"]: row for row in figures.by_part(rows)}
    by_section = {row["task__section"]: row for row in figures.by_section(rows)}
    parts = []
    for part, in_part in groupby(listed, key=lambda duty: duty.task.section.part):
        sections = [list(own) for _, own in groupby(in_part, key=lambda duty: duty.task.section)]
        parts.append(
            {
                "序号": f"（{numerals.write(len(parts) + 1)}）",
                "名称": numerals.without_number(part.heading) or "未分部分",
                **summary.counts(by_part[part.pk]),
                "各类": [_section(place, own, by_section, said, unit) for place, own in enumerate(sections, 1)],
            }
        )
    return parts


def _section(place, listed, by_section, said, unit):
    section = listed[0].task.section
    counts = summary.counts(by_section[section.pk])
    return {
        "序号": f"{place}．",
        "名称": numerals.without_number(section.heading) or "未分类",
        **counts,
        "文字": f"本类应办{counts['应办']}件，{words.current(counts)}",
        "各任务": [
            {"序号": task.number, "具体要求": task.requirement, "段落": _of_task(list(own), said, unit)}
            for task, own in groupby(listed, key=lambda duty: duty.task)
        ],
    }


def _of_task(listed, said, unit):
    """Return the words of one row, how the units stand that do not speak for it, and who has nothing to say yet."""
    speakers = [duty for duty in listed if _speaks(duty, said, unit)]
    silent = [duty for duty in _leads_first(speakers) if duty.pk not in said]
    others = [duty for duty in listed if duty not in speakers]
    told = _passages(speakers, said, "text", unit)
    if silent:
        told.append(_gap("、".join(duty.unit.name for duty in silent), unit))
    if others:
        told.append({"单位": "", "文字": _of_others(others, said, alone=not speakers)})
    return told


def _speaks(duty, said, unit):
    """Tell whose words stand in the draft: a unit's own; the county's are those of leads, and exemplary ones."""
    return bool(unit) or duty.coordinates or duty.pk in said and bool(said[duty.pk].exemplary_then)


def _of_others(others, said, *, alone):
    """Count the units that owe a row and whose words are left to their own reports."""
    approved, done = sum(duty.pk in said for duty in others), sum(duty.light == Light.DONE for duty in others)
    told = f"{'' if alone else '另有'}{len(others)}个单位承办，其中{approved}个已有审核通过的进展报告，{done}个已办结。"
    return told + (GAP if alone else "")


def _passages(listed, said, field, unit):
    """Return the paragraphs that units wrote in one field, those who lead a row before the others."""
    found = []
    for duty in _leads_first(listed):
        text = getattr(said[duty.pk], field) if duty.pk in said else ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        for place, line in enumerate(lines):
            found.append({"单位": "" if unit or place else duty.unit.name, "文字": line})
    return found


def _leads_first(listed):
    """Put who coordinates a row before the others, rows in their order, units in the county's."""
    return sorted(listed, key=lambda duty: (duty.task.number, not duty.coordinates, duty.unit.order, duty.unit_id))


def _gap(who, unit):
    return {"单位": "" if unit else who, "文字": GAP}
