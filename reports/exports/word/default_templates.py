"""Default Word templates in the layout of official documents, generated from code."""

from reports.choices import TemplateKind
from wenshang_disclosure.core.office import official_docx as official
from wenshang_disclosure.core.office.docx import CENTRE, HEADING_FACE, LEFT, Cell, add_table, saved

# Field of a row, its heading, width in mm.
FIGURES = [
    ("应办", 11),
    ("办结", 11),
    ("办结率", 15),
    ("逾期", 11),
    ("临期", 11),
    ("待审核", 13),
    ("推进中", 13),
    ("未启动", 13),
]
FIGURE_COLUMNS = [(name, name, width) for name, width in FIGURES]
PART_COLUMNS = [("名称", "部分", 58), *FIGURE_COLUMNS]
UNIT_COLUMNS = [("序号", "序号", 10), ("单位", "单位", 48), *FIGURE_COLUMNS]
LAGGING_COLUMNS = [
    ("任务序号", "序号", 10),
    ("任务", "任务", 47),
    ("完成时限", "完成时限", 28),
    ("件数", "逾期件数", 11),
    ("最长逾期天数", "最长天数", 11),
    ("单位", "逾期的单位", 49),
]
LEFT_COLUMNS = {"名称", "单位", "任务"}
SMALL_POINTS, SMALL_LINE_POINTS = 9, 11
"""Of tables that have to fit a page: 小五."""


def bulletin():
    """Return the template of the bulletin (《政务公开重点工作进展情况通报》), as an open file."""
    made = official.official_document()
    _top(made, "{{ 期号 }}")
    official.body(made, "{{ 主送机关 }}：", indent=False)
    official.body(
        made,
        "根据《{{ 分解表 }}》{% if 发文字号 %}（{{ 发文字号 }}）{% endif %}"
        "要求，现将截至{{ 截至日期 }}的工作进展情况通报如下：",
    )
    official.heading(made, "一、总体情况")
    official.body(made, "{{ 总体情况 }}")
    _if_any(made, "较上期")
    _only_if(made, "合计.应办", _bulletin_body, _name_of_annex)
    official.centred(made, "").paragraph_format.keep_with_next = True
    official.signature(made, "{{ 发文机关 }}", "{{ 成文日期 }}")
    _only_if(made, "合计.应办", _units)
    return saved(made)


def _name_of_annex(made):
    """Write the name of the annex, kept on one page with the signature."""
    official.body(made, "附件：各单位进展情况表").paragraph_format.keep_with_next = True


def _bulletin_body(made):
    _small_table(made, PART_COLUMNS, [("各部分", "")])
    _only_if(made, "排名", _leading_units, lambda made: official.heading(made, "三、进展滞后的任务和单位"))
    _only_if(made, "not 排名", lambda made: official.heading(made, "二、逾期的任务和单位"))
    _of_both_groups(made, "进展滞后的")
    _only_if(made, "滞后任务", _lagging)
    _only_if(made, "排名", lambda made: official.heading(made, "四、下步要求"))
    _only_if(made, "not 排名", lambda made: official.heading(made, "三、下步要求"))
    _each(made, "行", "下步要求", _requirement)


def _requirement(made):
    """Write what is asked, kept on one page with the signature, which must not stand on a page without text."""
    official.body(made, "{{ 行.序号 }}{{ 行.文字 }}").paragraph_format.keep_with_next = True


def _leading_units(made):
    official.heading(made, "二、进展较快的单位")
    _of_both_groups(made, "进展较快的")


def _lagging(made):
    official.body(made, "{{ 滞后说明 }}").paragraph_format.keep_with_next = True
    _small_table(made, LAGGING_COLUMNS, [("滞后任务", "")])
    _if_any(made, "其余滞后任务")


def _of_both_groups(made, field):
    for group in ("部门", "乡镇"):
        _if_any(made, f"{field}{group}")


def _if_any(made, field):
    """Write a paragraph that is omitted if its field is empty."""
    _only_if(made, field, lambda made: official.body(made, f"{{{{ {field} }}}}"))


def _units(made):
    official.annex(made, "", "各单位进展情况表")
    official.centred(made, "（截至{{ 截至日期 }}，单位：件）", size=12)
    _small_table(made, UNIT_COLUMNS, [("部门", "部门、单位"), ("乡镇", "乡镇（街道）")], total=True)


def annual_report():
    """Return the template of the annual report (政府信息公开工作年度报告), as an open file."""
    made = official.official_document()
    _top(made)
    official.centred(made, "（有关内容草稿，请核对、修改后使用）")
    official.heading(made, "一、总体情况")
    official.body(made, "{{ 概述 }}")
    _each(made, "部分", "各部分", _annual_part)
    official.heading(made, "二、存在的主要问题及改进情况")
    official.second_heading(made, "（一）存在的主要问题")
    _each(made, "段", "存在问题", _said)
    official.second_heading(made, "（二）改进情况")
    _each(made, "段", "改进措施", _said)
    official.centred(made, "")
    official.signature(made, "{{ 单位 }}", "{{ 成文日期 }}")
    return saved(made)


def _annual_part(made):
    official.second_heading(made, "{{ 部分.序号 }}{{ 部分.名称 }}")
    _each(made, "类", "部分.各类", _annual_section)


def _annual_section(made):
    heading = official.body(made, "{{ 类.序号 }}{{ 类.名称 }}", face=HEADING_FACE)
    heading.paragraph_format.keep_with_next = True
    official.body(made, "{{ 类.文字 }}")
    _each(made, "任务", "类.各任务", _annual_task)


def _annual_task(made):
    paragraph = official.body(made, "第{{ 任务.序号 }}项　{{ 任务.具体要求 }}")
    paragraph.runs[0].bold = True
    paragraph.paragraph_format.keep_with_next = True
    _each(made, "段", "任务.段落", _said)


def _said(made):
    official.body(made, "{% if 段.单位 %}{{ 段.单位 }}：{% endif %}{{ 段.文字 }}")


def _top(made, number=""):
    official.title(made, "{{ 标题 }}")
    if number:
        _only_if(made, "期号", lambda made: official.centred(made, f"（{number}）"))
    _only_if(made, "演示标注", lambda made: official.centred(made, "{{ 演示标注 }}", size=10.5))
    official.centred(made, "")


def _only_if(made, condition, *write):
    official.body(made, f"{{%p if {condition} %}}")
    for each in write:
        each(made)
    official.body(made, "{%p endif %}")


def _each(made, name, rows, write):
    official.body(made, f"{{%p for {name} in {rows} %}}")
    write(made)
    official.body(made, "{%p endfor %}")


def _small_table(made, columns, groups, *, total=False):
    """Write a table with a loop over each list of `groups`, `(field, name of the group)`, with its sums if named."""
    rows = [[Cell(heading, align=CENTRE, face=HEADING_FACE) for _, heading, _ in columns]]
    for name, label in groups:
        rows += [
            [Cell(f"{{%tr for 行 in {name} %}}", span=len(columns))],
            [Cell(f"{{{{ 行.{field} }}}}", align=LEFT if field in LEFT_COLUMNS else CENTRE) for field, _, _ in columns],
            [Cell("{%tr endfor %}", span=len(columns))],
        ]
        if label:
            rows += [
                [Cell(f"{{%tr if {name} %}}", span=len(columns))],
                _sums(f"{label}{{{{ {name}合计.单位数 }}}}个", f"{name}合计"),
                [Cell("{%tr endif %}", span=len(columns))],
            ]
    if total:
        rows.append(_sums("合计", "合计"))
    widths = [width for _, _, width in columns]
    add_table(made, rows, widths, size=SMALL_POINTS, line=SMALL_LINE_POINTS)


def _sums(label, field):
    figures = [Cell(f"{{{{ {field}.{name} }}}}", align=CENTRE, face=HEADING_FACE) for name, _ in FIGURES]
    return [Cell(label, span=2, align=CENTRE, face=HEADING_FACE), *figures]


MADE = {TemplateKind.BULLETIN: bulletin, TemplateKind.ANNUAL_REPORT: annual_report}
