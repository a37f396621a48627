"""Tables in the layouts that offices use come out as they are meant on paper."""

import datetime as dt

import pytest

from tasks.imports.meaning.understanding import understand
from tasks.imports.reading.files import read

from .makers import LEFT, UP, csv_file, docx_file, xlsx_file
from .registers import county_register

TOWNS = "各乡镇（街道）人民政府（办事处）"
MANY = "县政府各部门、单位"
HEAD = ["工作任务", "牵头部门", "责任单位", "具体要求", "完成时限"]
DONE = dt.date(2024, 12, 31)


def understood(path, answers=None):
    return understand(read(path), 2024, county_register(), answers)


def rows_of(proposal):
    """Number, part, section, lead, responsible, requirement, deadline as written."""
    return [
        (row.number, row.part, row.section, row.lead, row.responsible, row.requirement, row.deadline_as_written)
        for row in proposal.taken
    ]


def across(text, width):
    return [text, *[LEFT] * (width - 1)]


def settled(proposal):
    assert [question.text for question in proposal.questions] == []
    return rows_of(proposal)


def test_the_official_layout_in_word(tmp_path):
    path = docx_file(
        tmp_path / "a.docx",
        [
            HEAD,
            across("一、重点工作", 5),
            ["（一）招商引资", "县商务局\n县财政局", TOWNS, "做好信息发布。", "12月底前"],
            [UP, UP, "", "公开重大项目。", "11月底前"],
            [UP, "县民政局", f"{MANY}\n{TOWNS}", "公开救助政策。", "长期坚持"],
            ["（二）社会治理", MANY, "", "规范执法公示。", "每季度末"],
        ],
    )

    assert settled(understood(path)) == [
        (1, "一、重点工作", "（一）招商引资", ["县商务局", "县财政局"], [TOWNS], "做好信息发布。", "12月底前"),
        (2, "一、重点工作", "（一）招商引资", ["县商务局", "县财政局"], [], "公开重大项目。", "11月底前"),
        (3, "一、重点工作", "（一）招商引资", ["县民政局"], [MANY, TOWNS], "公开救助政策。", "长期坚持"),
        (4, "一、重点工作", "（二）社会治理", [MANY], [], "规范执法公示。", "每季度末"),
    ]
    rows = understood(path).rows
    assert [row.lead_from_cell_above for row in rows] == [False, True, False, False]
    assert [(row.due_on, row.recurrence) for row in rows] == [
        (DONE, ""),
        (dt.date(2024, 11, 30), ""),
        (None, "ongoing"),
        (None, "quarterly"),
    ]


def test_a_number_column_and_other_headings_in_another_order(tmp_path):
    path = xlsx_file(
        tmp_path / "a.xlsx",
        [
            across("2024年某县政务公开任务清单", 7),
            ["序号", "完成时间", "重点任务", "工作内容", "主办单位", "配合单位", "备注"],
            [1, "6月30日前", "政策公开", "集中公开文件。", "县司法局", "县财政局、县民政局", "注意"],
            [2, dt.datetime(2024, 9, 1), UP, "开展解读。", UP, "", ""],
            [3, "年底前", "平台建设", "建设专区。", "县财政局", TOWNS, ""],
            ["", "", "", "", "", "", ""],
        ],
    )
    proposal = understood(path)

    assert settled(proposal) == [
        (1, "", "政策公开", ["县司法局"], ["县财政局", "县民政局"], "集中公开文件。", "6月30日前"),
        (2, "", "政策公开", ["县司法局"], [], "开展解读。", "2024年9月1日"),
        (3, "", "平台建设", ["县财政局"], [TOWNS], "建设专区。", "年底前"),
    ]
    assert proposal.about["title"] == "2024年某县政务公开任务清单"
    assert proposal.rows[1].due_on == dt.date(2024, 9, 1)


def test_headings_of_both_levels_in_rows_of_their_own(tmp_path):
    head = ["序号", "工作任务", "牵头单位", "责任部门", "时限要求"]
    path = docx_file(
        tmp_path / "a.docx",
        [
            head,
            across("一、政策公开", 5),
            across("（一）集中公开", 5),
            ["1", "公开文件。", "县司法局", TOWNS, "12月底前"],
            across("（二）解读", 5),
            ["2", "开展解读。", "县财政局", "", "12月底前"],
            across("二、平台", 5),
            ["3", "建设专区。", "县财政局", MANY, "12月底前"],
        ],
    )

    assert [row[:4] for row in settled(understood(path))] == [
        (1, "一、政策公开", "（一）集中公开", ["县司法局"]),
        (2, "一、政策公开", "（二）解读", ["县财政局"]),
        (3, "二、平台", "", ["县财政局"]),
    ]


def test_unnumbered_headings_in_pairs(tmp_path):
    path = xlsx_file(
        tmp_path / "a.xlsx",
        [
            ["工作内容", "牵头单位", "配合单位", "完成时间"],
            across("政策公开", 4),
            across("集中公开", 4),
            ["公开文件。", "县司法局", "", "12月底前"],
            across("政策解读", 4),
            ["开展解读。", "县司法局", "", "12月底前"],
            across("平台建设", 4),
            across("专区", 4),
            ["建设专区。", "县财政局", "", "12月底前"],
        ],
    )

    assert [row[:3] for row in settled(understood(path))] == [
        (1, "政策公开", "集中公开"),
        (2, "政策公开", "政策解读"),
        (3, "平台建设", "专区"),
    ]


def test_lead_and_responsible_in_one_cell(tmp_path):
    path = docx_file(
        tmp_path / "a.docx",
        [
            ["序号", "工作任务", "责任分工", "完成时限"],
            ["1", "公开文件。", "牵头单位：县司法局；配合单位：县财政局、县民政局", "12月底前"],
            ["2", "开展解读。", "县财政局牵头，县民政局、县司法局配合", "12月底前"],
            ["3", "建设专区。", "牵头单位：县财政局\n责任单位：" + TOWNS, "12月底前"],
            ["4", "公开预算。", "县财政局", "12月底前"],
        ],
    )

    assert [row[3:5] for row in settled(understood(path))] == [
        (["县司法局"], ["县财政局", "县民政局"]),
        (["县财政局"], ["县民政局", "县司法局"]),
        (["县财政局"], [TOWNS]),
        ([], ["县财政局"]),
    ]


def test_a_table_in_several_pieces_with_its_head_repeated_or_not(tmp_path):
    path = docx_file(
        tmp_path / "a.docx",
        [HEAD, ["政策公开", "县司法局", "", "公开文件，及时更新目录。", "12月底前"], HEAD],
        [HEAD, ["政策解读", "县财政局", "", "开展解读，形式多样。", "12月底前"]],
        [["平台建设", "县民政局", "", "建设专区，配备设备。", "12月底前"]],
        [["联系人", "电话"], ["张某", "123"]],
    )
    proposal = understood(path)

    assert [row[2] for row in settled(proposal)] == ["政策公开", "政策解读", "平台建设"]
    assert proposal.notes[0] == "第4个表格不像任务表，没有读取。"


def test_a_head_on_two_rows(tmp_path):
    path = xlsx_file(
        tmp_path / "a.xlsx",
        [
            across("2024年政务公开工作台账", 6),
            ["序号", "任务", "责任分工", LEFT, "完成时限", "进展情况"],
            [UP, UP, "牵头单位", "责任单位", UP, UP],
            [1, "公开文件。", "县司法局", "县财政局", "12月底前", "已完成"],
        ],
    )

    assert settled(understood(path)) == [(1, "", "", ["县司法局"], ["县财政局"], "公开文件。", "12月底前")]


@pytest.mark.parametrize("code", ["utf-8-sig", "utf-8", "gb18030"])
def test_a_csv_file(tmp_path, code):
    rows = [
        ["序号", "工作任务", "具体要求", "牵头部门", "责任单位", "完成时限"],
        ["1", "政策公开", "公开文件。", "县司法局", "县财政局、县民政局", "12月底前"],
        ["2", "", "开展解读。", "县司法局", "", "6月30日前"],
    ]

    proposal = understood(csv_file(tmp_path / "a.csv", rows, code))

    assert settled(proposal) == [
        (1, "", "政策公开", ["县司法局"], ["县财政局", "县民政局"], "公开文件。", "12月底前"),
        (2, "", "政策公开", ["县司法局"], [], "开展解读。", "6月30日前"),
    ]


def test_a_cell_across_both_columns_of_units_means_both(tmp_path):
    path = docx_file(tmp_path / "a.docx", [HEAD, ["政策公开", MANY, LEFT, "公开文件。", "12月底前"]])

    assert [row[3:5] for row in settled(understood(path))] == [([MANY], [MANY])]


def test_part_and_section_in_two_merged_columns_with_a_footnote(tmp_path):
    path = docx_file(
        tmp_path / "a.docx",
        [
            ["重点任务", "工作任务", "具体要求", "牵头单位", "责任单位", "完成时限"],
            ["一、政策公开", "1.集中公开", "公开文件。", "县司法局", "县财政局", "12月底前"],
            [UP, UP, "更新目录。", UP, UP, UP],
            [UP, "2.解读", "开展解读。", "县财政局", "", "12月底前"],
            across("注：未尽事宜另行通知。", 6),
        ],
    )
    proposal = understood(path)

    assert [row[:6] for row in settled(proposal)] == [
        (1, "一、政策公开", "1.集中公开", ["县司法局"], ["县财政局"], "公开文件。"),
        (2, "一、政策公开", "1.集中公开", ["县司法局"], ["县财政局"], "更新目录。"),
        (3, "一、政策公开", "2.解读", ["县财政局"], [], "开展解读。"),
    ]
    assert any("表下注释" in note for note in proposal.notes)
    assert proposal.rows[1].deadline_as_written == "12月底前"


def test_only_one_column_of_units(tmp_path):
    path = xlsx_file(
        tmp_path / "a.xlsx",
        [["任务", "责任单位", "时限"], ["公开文件，及时更新。", "县司法局、县财政局", "12月底前"]],
    )

    assert [row[3:5] for row in settled(understood(path))] == [([], ["县司法局", "县财政局"])]


def test_two_sheets_are_one_plan_and_a_hidden_one_is_asked_about(tmp_path):
    head = ["任务", "牵头单位", "时限"]
    path = xlsx_file(
        tmp_path / "a.xlsx",
        [head, ["公开文件。", "县司法局", "12月底前"]],
        [head, ["开展解读。", "县财政局", "12月底前"]],
        [head, ["旧的任务。", "县财政局", "12月底前"]],
    )
    from openpyxl import load_workbook

    book = load_workbook(path)
    book.worksheets[2].sheet_state = "hidden"
    book.save(path)

    asked = understood(path)
    skipped = understood(path, {"choices": {"sheet:2": "skip"}})
    taken = understood(path, {"choices": {"sheet:2": "read"}})

    assert [(question.kind, question.left_out[1]) for question in asked.questions] == [
        ("sheet", "旧的任务。县财政局12月底前")
    ]
    assert [row[5] for row in settled(skipped)] == ["公开文件。", "开展解读。"]
    assert "工作表“表3”是隐藏的，没有读取。" in skipped.notes
    assert [row[5] for row in settled(taken)] == ["公开文件。", "开展解读。", "旧的任务。"]


def test_numbers_that_begin_again_in_each_part_are_counted_through(tmp_path):
    head = ["序号", "任务", "牵头单位", "时限"]
    path = docx_file(
        tmp_path / "a.docx",
        [
            head,
            across("一、公开", 4),
            ["1", "公开文件。", "县司法局", "12月底前"],
            ["2", "更新目录。", "县司法局", "12月底前"],
            across("二、解读", 4),
            ["1", "开展解读。", "县财政局", "12月底前"],
        ],
    )
    proposal = understood(path)

    assert [row[0] for row in settled(proposal)] == [1, 2, 3]
    assert "重新编号" in "".join(proposal.notes)


def test_a_number_that_stands_twice_is_asked_about(tmp_path):
    head = ["序号", "任务", "牵头单位", "时限"]
    rows = [["1", "公开文件。"], ["2", "更新目录。"], ["2", "开展解读。"], ["3", "建设专区。"]]
    path = docx_file(tmp_path / "a.docx", [head, *[[*row, "县司法局", "12月底前"] for row in rows]])

    asked = understood(path)

    assert [(question.kind, question.where) for question in asked.questions] == [
        ("number", ["第1个表格第3行", "第1个表格第4行"])
    ]
    assert [row[0] for row in settled(understood(path, {"numbers": "renumber"}))] == [1, 2, 3, 4]


def test_what_is_missing_or_unsure_is_asked_where_it_stands(tmp_path):
    path = docx_file(
        tmp_path / "a.docx",
        [
            HEAD,
            ["公开", "县司法局", "", "公开文件。", "尽快"],
            ["公开", "", "", "没有单位的任务。", "12月底前"],
            ["公开", "县司法局", "", "", "12月底前"],
            ["公开", "县不存在局", "", "别的任务。", "2023年底前"],
        ],
    )

    asked = [(question.kind, question.key, question.where) for question in understood(path).questions]

    assert asked == [
        ("holder", "0:3", ["第1个表格第3行"]),
        ("requirement", "0:4", ["第1个表格第4行"]),
        ("name", "县不存在局", ["第1个表格第5行"]),
        ("deadline", "尽快", ["第1个表格第2行"]),
        ("deadline", "2023年底前", ["第1个表格第5行"]),
    ]


def test_a_row_left_out_is_not_asked_about(tmp_path):
    path = docx_file(tmp_path / "a.docx", [HEAD, ["公开", "县不存在局", "", "公开文件。", "尽快"]])

    assert understood(path, {"left_out": ["0:2"]}).questions == []


def test_a_table_without_a_column_of_deadlines_is_asked_for_one(tmp_path):
    path = docx_file(tmp_path / "a.docx", [["任务", "牵头单位"], ["公开文件，及时更新。", "县司法局"]])

    asked = understood(path)
    answered = understood(path, {"deadlines": {"（空白）": {"due_on": "2024-10-31"}}})

    assert [question.text for question in asked.questions] == ["表中没有完成时限一列。"]
    assert answered.rows[0].due_on == dt.date(2024, 10, 31)


def test_headings_that_say_nothing_are_asked_about(tmp_path):
    path = xlsx_file(tmp_path / "a.xlsx", [["甲", "乙", "丙"], ["公开文件，及时更新。", "县司法局", "12月底前"]])

    asked = understood(path)
    said = {"columns": {"0": {"row": 0, "fields": ["requirement", "lead", "deadline"]}}}

    assert [question.kind for question in asked.questions] == ["columns"]
    assert [row[3:] for row in settled(understood(path, said))] == [
        (["县司法局"], [], "公开文件，及时更新。", "12月底前")
    ]


def test_numbers_that_word_draws_by_itself_are_read(tmp_path):
    from docx import Document

    document = Document()
    table = document.add_table(3, 3)
    for row, cells in enumerate([["任务", "牵头单位", "时限"], ["公开文件。", "县司法局", "12月底前"]]):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(2, 0).paragraphs[0].style = document.styles["List Number"]
    table.cell(2, 0).paragraphs[0].text = "开展解读。"
    table.cell(2, 1).text, table.cell(2, 2).text = "县司法局", "12月底前"
    document.save(tmp_path / "a.docx")

    assert [row[5] for row in settled(understood(tmp_path / "a.docx"))] == ["公开文件。", "1.开展解读。"]


def test_text_that_was_struck_out_by_a_reviewer_is_not_read(tmp_path):
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    path = docx_file(tmp_path / "a.docx", [HEAD, ["公开", "县司法局", "", "公开文件。", "12月底前"]])
    from docx import Document

    document = Document(path)
    paragraph = document.tables[0].cell(1, 3).paragraphs[0]._p
    paragraph.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>旧文字</w:delText></w:r></w:del>"))
    paragraph.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>及时更新。</w:t></w:r></w:ins>"))
    document.save(path)

    assert [row[5] for row in settled(understood(path))] == ["公开文件。及时更新。"]


def test_the_notice_before_the_table_tells_what_the_plan_is(tmp_path):
    path = docx_file(
        tmp_path / "a.docx",
        [HEAD, ["公开", "县司法局", "", "公开文件。", "12月底前"]],
        before=[
            "甲县人民政府办公室",
            "关于印发甲县2024年政务公开工作任务分工表的通知",
            "甲政办发〔2024〕12号",
            "各乡镇人民政府、街道办事处，县政府各部门、单位：",
            "根据《省办公厅关于印发2024年要点的通知》（省政办发〔2024〕3号）和市里要求，制定本表。",
            "一、加强领导。各部门每年至少召开2次会议研究政务公开工作。其他要求。",
            "甲县人民政府办公室",
            "2024年4月3日",
            "甲县2024年政务公开工作任务分工表",
        ],
    )
    proposal = understood(path)

    assert proposal.about == {
        "year": 2024,
        "title": "甲县2024年政务公开工作任务分工表",
        "document_number": "甲政办发〔2024〕12号",
        "issuer": "甲县人民政府办公室",
        "issued_on": dt.date(2024, 4, 3),
        "basis": [{"title": "省办公厅关于印发2024年要点的通知", "number": "省政办发〔2024〕3号"}],
    }
    notice = [row for row in proposal.rows if row.kind == "notice"]
    assert [(row.number, row.requirement, row.target_count) for row in notice] == [
        (2, "各部门每年至少召开2次会议研究政务公开工作。", 2)
    ]
    assert notice[0].responsible == ["各乡镇人民政府、街道办事处", "县政府各部门、单位"]


def test_a_heading_that_says_that_the_first_unit_leads(tmp_path):
    head = ["任务", "责任单位（列第一位的为牵头单位）", "时限"]
    path = docx_file(tmp_path / "a.docx", [head, ["公开文件。", "县司法局、县财政局", "12月底前"]])

    assert [row[3:5] for row in settled(understood(path))] == [(["县司法局"], ["县财政局"])]


def test_a_name_broken_over_two_lines_is_one_name(tmp_path):
    path = xlsx_file(
        tmp_path / "a.xlsx", [HEAD, ["公开", "县住房和城乡\n建设局\n县财政局", "", "公开文件。", "12月底前"]]
    )

    assert settled(understood(path))[0][3] == ["县住房和城乡建设局", "县财政局"]


def test_people_and_remarks_beside_the_units_are_not_taken_for_units(tmp_path):
    head = ["序号", "公开事项", "公开内容", "牵头领导", "责任股室", "责任人", "公开时限", "备注"]
    row = ["1", "财政预决算", "公开年度预算。", "甲某", "县财政局", "乙某", "6月底前", "略"]
    path = xlsx_file(tmp_path / "a.xlsx", [head, row])

    assert settled(understood(path)) == [(1, "", "财政预决算", [], ["县财政局"], "公开年度预算。", "6月底前")]


def test_a_sheet_that_begins_away_from_its_corner(tmp_path):
    rows = [["", "", "", ""], ["", "任务", "牵头单位", "时限"], ["", "公开文件。", "县司法局", "12月底前"]]

    assert [row[5] for row in settled(understood(xlsx_file(tmp_path / "a.xlsx", rows)))] == ["公开文件。"]


def test_section_numbers_merged_over_several_rows_do_not_number_the_rows(tmp_path):
    path = docx_file(
        tmp_path / "a.docx",
        [
            ["序号", "工作任务", "具体措施", "牵头单位", "责任单位", "完成时限"],
            ["1", "政策公开", "公开文件。", "县司法局", "", "12月底前"],
            [UP, UP, "更新目录。", "县司法局", "", "12月底前"],
            ["2", "政策解读", "开展解读。", "县司法局", "", "12月底前"],
        ],
    )

    assert [row[:3] for row in settled(understood(path))] == [
        (1, "", "政策公开"),
        (2, "", "政策公开"),
        (3, "", "政策解读"),
    ]


def test_documents_that_a_plan_rests_on_are_listed_with_and_without_numbers(tmp_path):
    basis = "依据：《省要点的通知》（省政办发〔2024〕3号）、《某某条例》。"
    path = docx_file(tmp_path / "a.docx", [HEAD, ["公开", "县司法局", "", "公开文件。", "12月底前"]], before=[basis])

    assert understood(path).about["basis"] == [
        {"title": "省要点的通知", "number": "省政办发〔2024〕3号"},
        {"title": "某某条例", "number": ""},
    ]
