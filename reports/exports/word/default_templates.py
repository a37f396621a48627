"""Default Word templates in the layout of official documents, generated from code."""

from reports.choices import TemplateKind
from wenshang_disclosure.core.office import official_docx as official
from wenshang_disclosure.core.office.docx import CENTRE, HEADING_FACE, LEFT, Cell, add_table, saved

# Field of a row, its heading, width in mm.
UNIT_COLUMNS = [
    ("序号", "序号", 10),
    ("单位", "单位", 37),
    ("应办", "应办", 12),
    ("办结", "办结", 12),
    ("办结率", "办结率", 16),
    ("逾期", "逾期", 12),
    ("临期", "临期", 12),
    ("待审核", "待审核", 15),
    ("推进中", "推进中", 15),
    ("未启动", "未启动", 15),
]
OVERDUE_COLUMNS = [
    ("序号", "序号", 10),
    ("单位", "承办单位", 32),
    ("职责", "职责", 11),
    ("任务序号", "任务序号", 11),
    ("具体要求", "具体要求", 51),
    ("完成时限", "完成时限", 23),
    ("逾期天数", "逾期天数", 18),
]
LEFT_COLUMNS = {"单位", "具体要求"}


def bulletin():
    """Return the template of the bulletin (《政务公开重点工作进展情况通报》), as an open file."""
    made = official.official_document()
    _top(made)
    official.body(made, "{{ 主送机关 }}：", indent=False)
    official.body(
        made,
        "根据《{{ 分解表 }}》{% if 发文字号 %}（{{ 发文字号 }}）{% endif %}"
        "要求，现将截至{{ 截至日期 }}的工作进展情况通报如下：",
    )
    official.heading(made, "一、总体情况")
    official.body(made, "{{ 总体情况 }}")
    _only_if(made, "合计.应办", _bulletin_body)
    _only_if(made, "逾期清单", _names_of_annexes("附件：1．各单位进展情况表", "　　　2．逾期事项清单"))
    _only_if(made, "合计.应办 and not 逾期清单", _names_of_annexes("附件：各单位进展情况表"))
    official.centred(made, "").paragraph_format.keep_with_next = True
    official.signature(made, "{{ 发文机关 }}", "{{ 成文日期 }}")
    _only_if(made, "合计.应办", _units)
    _only_if(made, "逾期清单", _overdue)
    return saved(made)


def _names_of_annexes(*names):
    """Return a function that writes the list of annexes, kept on one page with the signature."""

    def write(made):
        for name in names:
            official.body(made, name).paragraph_format.keep_with_next = True

    return write


def _bulletin_body(made):
    official.heading(made, "二、各部分进展情况")
    _each(made, "行", "各部分", lambda made: official.body(made, "{{ 行.文字 }}"))
    _only_if(made, "排名", _leading_units, lambda made: official.heading(made, "四、进展滞后的单位"))
    _only_if(made, "not 排名", lambda made: official.heading(made, "三、逾期事项"))
    _of_both_groups(made, "进展滞后的")
    _only_if(made, "排名", lambda made: official.heading(made, "五、下步要求"))
    _only_if(made, "not 排名", lambda made: official.heading(made, "四、下步要求"))
    _each(made, "行", "下步要求", lambda made: official.body(made, "{{ 行.序号 }}{{ 行.文字 }}"))


def _leading_units(made):
    official.heading(made, "三、进展较快的单位")
    _of_both_groups(made, "进展较快的")


def _of_both_groups(made, field):
    for group in ("部门", "乡镇"):
        _if_any(made, f"{field}{group}")


def _if_any(made, field):
    """Write a paragraph that is omitted if its field is empty."""
    _only_if(made, field, lambda made: official.body(made, f"{{{{ {field} }}}}"))


def _units(made):
    official.annex(made, "{% if 逾期清单 %}1{% endif %}", "各单位进展情况表")
    official.centred(made, "（截至{{ 截至日期 }}）", size=12)
    for name, label in (("部门", "部门、单位"), ("乡镇", "乡镇（街道）")):
        _only_if(made, name, lambda made, name=name, label=label: _table(made, label, name, UNIT_COLUMNS))


def _overdue(made):
    official.annex(made, "2", "逾期事项清单")
    official.centred(made, "（截至{{ 截至日期 }}，共{{ 合计.逾期 }}件）", size=12)
    _table(made, "", "逾期清单", OVERDUE_COLUMNS)


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


def _top(made):
    official.title(made, "{{ 标题 }}")
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


def _table(made, label, rows, columns):
    if label:
        official.body(made, label, indent=False, face=HEADING_FACE)
    span = len(columns)
    add_table(
        made,
        [
            [Cell(heading, align=CENTRE, face=HEADING_FACE) for _, heading, _ in columns],
            [Cell(f"{{%tr for 行 in {rows} %}}", span=span)],
            [Cell(f"{{{{ 行.{field} }}}}", align=LEFT if field in LEFT_COLUMNS else CENTRE) for field, _, _ in columns],
            [Cell("{%tr endfor %}", span=span)],
        ],
        [width for _, _, width in columns],
    )


MADE = {TemplateKind.BULLETIN: bulletin, TemplateKind.ANNUAL_REPORT: annual_report}
