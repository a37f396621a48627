"""Fields of each Word template with their explanations and examples."""

from reports.choices import TemplateKind

from .template_language import Field, Group, Rows

COUNTS = {
    "应办": Field("应办事项（件）", 12),
    "办结": Field("已办结（件）", 8),
    "办结率": Field("办结占应办的百分比", "66.7%"),
    "按时办结": Field("按时办结（件）", 7),
    "按时办结率": Field("按时办结占办结的百分比", "87.5%"),
    "逾期办结": Field("办结时已超过时限（件）", 1),
    "逾期": Field("逾期未办结（件）", 1),
    "临期": Field("临近时限或退回待补正（件）", 1),
    "待审核": Field("已申报办结、等待审核（件）", 1),
    "推进中": Field("已报送进展（件）", 1),
    "未启动": Field("尚未报送（件）", 0),
}
TOTALS = {"任务数": Field("任务（项）", 5), "单位数": Field("承办单位（个）", 4), **COUNTS}
ABOUT = {
    "标题": Field("文件标题"),
    "年度": Field("年度", 2024),
    "分解表": Field("年度任务分解表的标题，不带书名号"),
    "发文字号": Field("分解表的发文字号"),
    "截至日期": Field("数据截至哪一天", "2024年11月30日"),
    "成文日期": Field("生成文件的日期", "2024年12月2日"),
    "演示标注": Field("含演示数据时的说明，没有演示数据时为空"),
}
UNIT = {"序号": Field("行的顺序号", 1), "单位": Field("单位名称"), **COUNTS}

BULLETIN = {
    **ABOUT,
    "主送机关": Field("主送机关"),
    "发文机关": Field("分解表的发文机关"),
    "合计": Group("全部应办事项", TOTALS),
    "期号": Field("印发时的期号，草稿为空", "第3期"),
    "较上期": Field("与上一期通报相比的变化，没有上一期的为空"),
    "总体情况": Field("按数字写成的一段话"),
    "各部分": Rows("每个部分一行", {"名称": Field("部分的标题"), **COUNTS, "文字": Field("按数字写成的一段话")}),
    "排名": Field("是否对单位排名，关闭单位排名的为空", "是"),
    "进展较快的部门": Field("按数字写成的一段话；没有部门、单位的，或者关闭单位排名的为空"),
    "进展较快的乡镇": Field("同上，乡镇（街道）"),
    "进展滞后的部门": Field("按数字写成的一段话，没有逾期的如实写明"),
    "进展滞后的乡镇": Field("同上，乡镇（街道）"),
    "下步要求": Rows("每项要求一段", {"序号": Field("（一）（二）……", "（一）"), "文字": Field("要求")}),
    "滞后说明": Field("滞后任务的项数和件数，没有逾期的为空"),
    "滞后任务": Rows(
        "每项存在逾期事项的任务一行，逾期件数多的在前，最多30行",
        {
            "任务序号": Field("任务在分解表中的序号", 3),
            "任务": Field("具体要求的第一句，最多30字"),
            "完成时限": Field("逾期事项的完成时限", "2024年10月31日"),
            "件数": Field("逾期的件数", 2),
            "最长逾期天数": Field("逾期最久的天数", 30),
            "单位": Field("逾期的单位，较多的合并写明"),
        },
    ),
    "其余滞后任务": Field("清单未列的任务的序号和逾期件数，没有的为空"),
    "部门": Rows("每个部门、单位一行，进展快的在前；关闭单位排名的按名录的顺序", UNIT),
    "乡镇": Rows("每个乡镇（街道）一行，顺序同上", UNIT),
    "部门合计": Group("部门、单位合计", {"单位数": Field("单位（个）", 2), **COUNTS}),
    "乡镇合计": Group("乡镇（街道）合计", {"单位数": Field("单位（个）", 2), **COUNTS}),
    "逾期清单": Rows(
        "每件逾期事项一行，逾期最久的在前",
        {
            "序号": Field("行的顺序号", 1),
            "单位": Field("承办单位"),
            "职责": Field("牵头或责任"),
            "任务序号": Field("任务在分解表中的序号", 3),
            "具体要求": Field("任务的具体要求"),
            "完成时限": Field("完成时限", "2024-10-31"),
            "逾期天数": Field("逾期的天数", 30),
            "办理情况": Field("亮灯及标记"),
        },
    ),
}

SAID = {"单位": Field("单位名称，只有一个单位时为空"), "文字": Field("已通过报告中的一段话，或“（待补充）”")}
ANNUAL_REPORT = {
    **ABOUT,
    "单位": Field("单位名称，全部单位时为分解表的发文机关"),
    "合计": Group("本单位（或全部单位）的应办事项", TOTALS),
    "概述": Field("按数字写成的一段话"),
    "各部分": Rows(
        "分解表的每个部分",
        {
            "序号": Field("（一）（二）……", "（一）"),
            "名称": Field("部分的标题，不带原来的序号"),
            **COUNTS,
            "各类": Rows(
                "部分中的每类工作任务",
                {
                    "序号": Field("1．2．……", "1．"),
                    "名称": Field("工作任务（类别）的标题，不带原来的序号"),
                    **COUNTS,
                    "文字": Field("按数字写成的一句话"),
                    "各任务": Rows(
                        "类别中的每项任务",
                        {
                            "序号": Field("任务序号", 3),
                            "具体要求": Field("任务的具体要求"),
                            "段落": Rows("已通过报告的进展情况，每段一行", SAID),
                        },
                    ),
                },
            ),
        },
    ),
    "存在问题": Rows("已通过报告中的存在问题，每段一行", SAID),
    "改进措施": Rows("已通过报告中的下步措施，每段一行", SAID),
    "待补充件数": Field("没有已通过报告的事项（件）", 2),
}

FIELDS = {TemplateKind.BULLETIN: BULLETIN, TemplateKind.ANNUAL_REPORT: ANNUAL_REPORT}


def filled_with_examples(fields):
    """Return data with the example of every field and two rows per list."""
    return {name: _example(field) for name, field in fields.items()}


def _example(field):
    if isinstance(field, Rows):
        return [filled_with_examples(field), filled_with_examples(field)]
    return filled_with_examples(field) if isinstance(field, Group) else field.example


def filled_with_nothing(fields):
    """Return data of a day on which nothing was owed: empty lists, empty texts, zeros."""
    return {name: _nothing(field) for name, field in fields.items()}


def _nothing(field):
    if isinstance(field, Rows):
        return []
    return filled_with_nothing(field) if isinstance(field, Group) else type(field.example)()


def explained(fields, level=0):
    """Yield `(level, name, explanation, is a list)` of every field in order, for the page."""
    for name, field in fields.items():
        if not isinstance(field, Group):
            yield level, name, str(field), False
            continue
        yield level, name, field.words, isinstance(field, Rows)
        yield from explained(field, level + 1)
