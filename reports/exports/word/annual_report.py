"""Draft of the annual report (政府信息公开工作年度报告) of a unit or the county, from approved reports."""

from itertools import groupby

from reports import figures
from reports.choices import TemplateKind
from tasks.choices import Light
from wenshang_disclosure.core import numerals
from wenshang_disclosure.core.region import whole_region

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
    reports = _approved(duties, as_of)
    listed = list(
        duties.for_lists().order_by("task__section__part__order", "task__section__order", "task__number", "pk")
    )
    quoted = [duty for duty in listed if _is_quoted(duty, reports, unit)]
    return {
        **about(plan, as_of, f"{unit.name if unit else ''}{plan.year}年政府信息公开工作年度报告"),
        "单位": unit.name if unit else plan.issuer,
        "合计": total,
        "概述": _overview(plan, as_of, total, unit),
        "各部分": _parts(listed, rows, reports, unit),
        "存在问题": _passages(quoted, reports, "obstacles", unit) or [_gap("", unit)],
        "改进措施": _passages(quoted, reports, "next_steps", unit) or [_gap("", unit)],
        "待补充件数": sum(duty.pk not in reports for duty in listed),
    }


def _approved(duties, as_of):
    """Return the report of each duty that was approved by that evening and submitted last, by duty."""
    reports = figures.approved(duties, as_of)
    return {report.assignment_id: report for report in reports}


def _overview(plan, as_of, total, unit):
    day = words.in_words(as_of)
    who = unit.name if unit else f"{whole_region()}{total['单位数']}个单位"
    if not total["应办"]:
        return f"{plan.year}年，截至{day}，{who if unit else whole_region()}没有应办事项。{GAP}"
    return (
        f"{plan.year}年，{who}按照《{plan.title}》，承办{total['任务数']}项政务公开重点工作任务，"
        f"应办事项共{total['应办']}件。截至{day}，{words.current(total)}"
    )


def _parts(listed, rows, reports, unit):
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
                "各类": [_section(place, own, by_section, reports, unit) for place, own in enumerate(sections, 1)],
            }
        )
    return parts


def _section(place, listed, by_section, reports, unit):
    section = listed[0].task.section
    counts = summary.counts(by_section[section.pk])
    return {
        "序号": f"{place}．",
        "名称": numerals.without_number(section.heading) or "未分类",
        **counts,
        "文字": f"本类应办{counts['应办']}件，{words.current(counts)}",
        "各任务": [
            {"序号": task.number, "具体要求": task.requirement, "段落": _of_task(list(own), reports, unit)}
            for task, own in groupby(listed, key=lambda duty: duty.task)
        ],
    }


def _of_task(listed, reports, unit):
    """Return the paragraphs of one row: reports, gaps of units without one, and a summary of the other units."""
    quoted = [duty for duty in listed if _is_quoted(duty, reports, unit)]
    missing = [duty for duty in _leads_first(quoted) if duty.pk not in reports]
    others = [duty for duty in listed if duty not in quoted]
    paragraphs = _passages(quoted, reports, "text", unit)
    if missing:
        paragraphs.append(_gap("、".join(duty.unit.name for duty in missing), unit))
    if others:
        paragraphs.append({"单位": "", "文字": _of_others(others, reports, alone=not quoted)})
    return paragraphs


def _is_quoted(duty, reports, unit):
    """Return whether a duty's report is quoted: always in a unit's draft, else if it coordinates or is exemplary."""
    return bool(unit) or duty.coordinates or duty.pk in reports and bool(reports[duty.pk].is_exemplary)


def _of_others(others, reports, *, alone):
    """Return a sentence that counts the units of a row whose reports are not quoted."""
    approved, done = sum(duty.pk in reports for duty in others), sum(duty.light == Light.DONE for duty in others)
    told = f"{'' if alone else '另有'}{len(others)}个单位承办，其中{approved}个已有审核通过的进展报告，{done}个已办结。"
    return told + (GAP if alone else "")


def _passages(listed, reports, field, unit):
    """Return the paragraphs of one field of the reports, coordinating units of a row first."""
    found = []
    for duty in _leads_first(listed):
        text = getattr(reports[duty.pk], field) if duty.pk in reports else ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        for place, line in enumerate(lines):
            found.append({"单位": "" if unit or place else duty.unit.name, "文字": line})
    return found


def _leads_first(listed):
    """Return duties sorted by row, coordinating units first, then by the order of units."""
    return sorted(listed, key=lambda duty: (duty.task.number, not duty.coordinates, duty.unit.order, duty.unit_id))


def _gap(who, unit):
    return {"单位": "" if unit else who, "文字": GAP}
