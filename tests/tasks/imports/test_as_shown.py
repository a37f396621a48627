"""Files are read as Word, Excel and WPS show them; what they hide or strike out is asked about."""

import resource
import time
import zipfile

import pytest

from tasks.imports.meaning.understanding import understand
from tasks.imports.reading import child, formats, html
from tasks.imports.reading.files import read
from wenshang_disclosure.core.web.errors import Unreadable

from .raw_files import HEAD, ROW, R, archive, cell, excel, line, opendocument, packed, run, table, word
from .registers import county_register

SECOND = ["2", "公开预算。", "县财政局", "", "9月底前"]


def rows(path, answers=None):
    """Return the texts of the rows that are read, without their part and section."""
    proposal = understand(read(path), 2026, county_register(), answers)
    return [
        [str(r.number), r.requirement, "、".join(r.lead), "、".join(r.responsible), r.deadline_as_written]
        for r in proposal.taken
    ]


def data(*lines, last=""):
    """Return the rows of a sheet."""
    return f"<sheetData>{''.join(line(n, *cells) for n, cells in enumerate(lines, start=1))}{last}</sheetData>"


def asked(path, answers=None):
    found = understand(read(path), 2026, county_register(), answers).questions
    return [(question.kind, question.cells) for question in found]


# Word


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (
            '<w:r><w:t>不超过</w:t></w:r><w:r><w:sym w:font="Symbol" w:char="F0A3"/></w:r><w:r><w:t>5%。</w:t></w:r>',
            "不超过≤5%。",
        ),
        (
            "<w:r><w:ruby><w:rt><w:r><w:t>gōng</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>公</w:t></w:r></w:rubyBase>"
            "</w:ruby></w:r><w:r><w:t>开预算。</w:t></w:r>",
            "公开预算。",
        ),
        ("<w:hyperlink><w:r><w:t>公开预算。</w:t></w:r></w:hyperlink>", "公开预算。"),
        ("<w:fldSimple><w:r><w:t>公开预算。</w:t></w:r></w:fldSimple>", "公开预算。"),
        ("<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>公开预算。</w:t></w:r></w:sdtContent></w:sdt>", "公开预算。"),
        (
            "<w:ins><w:r><w:t>公开预算。</w:t></w:r></w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>",
            "公开预算。",
        ),
        ('<w:r><w:rPr><w:strike w:val="0"/></w:rPr><w:t>公开预算。</w:t></w:r>', "公开预算。"),
    ],
)
def test_runs_of_word_are_read_as_shown(tmp_path, inside, text):
    path = word(tmp_path / "a.docx", table(HEAD, ["1", cell(inside), *ROW[2:]]))

    assert rows(path) == [["1", text, *ROW[2:]]]
    assert asked(path) == []


@pytest.mark.parametrize("properties", ["<w:strike/>", "<w:dstrike/>", "<w:vanish/>", '<w:rStyle w:val="out"/>'])
def test_text_that_is_struck_out_or_hidden_counts_only_if_a_person_says_so(tmp_path, properties):
    styles = (
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:styleId="base">'
        '<w:rPr><w:strike/></w:rPr></w:style><w:style w:styleId="out"><w:basedOn w:val="base"/></w:style></w:styles>'
    )
    units = cell(run("县财政局") + run("、县民政局", properties))
    path = word(tmp_path / "a.docx", table(HEAD, [*ROW[:3], units, ROW[4]]), **{"word/styles.xml": styles})

    assert asked(path) == [("marked", [("0:2", "responsible")])]
    assert rows(path, {"choices": {"marked:text": "skip"}}) == [ROW]
    assert rows(path, {"choices": {"marked:text": "read"}}) == [[*ROW[:3], "县财政局、县民政局", ROW[4]]]
    assert asked(path, {"choices": {"marked:text": "read"}}) == []


def test_a_cell_and_a_row_that_were_deleted_are_not_read(tmp_path):
    gone = cell("县民政局", '<w:cellDel w:id="1"/>')
    deleted = table(SECOND).replace("<w:tr>", "<w:tr><w:trPr><w:del/></w:trPr>").split("<w:tbl>")[1]
    path = word(tmp_path / "a.docx", table(HEAD, [*ROW[:3], gone, *ROW[3:]]).replace("</w:tbl>", "") + deleted)

    assert rows(path) == [ROW]


def test_a_table_in_a_text_box_and_a_table_in_a_table_are_read(tmp_path):
    box = f"<w:txbxContent>{table(HEAD, ROW)}</w:txbxContent>"
    shape = f"<w:p><w:r><w:pict><v:textbox>{box}</v:textbox></w:pict></w:r></w:p>"
    both = (
        f"<w:p><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    outer = f"<w:tbl><w:tr><w:tc><w:p/>{table(HEAD, ROW)}<w:p/></w:tc></w:tr></w:tbl>"

    assert [rows(word(tmp_path / f"{n}.docx", body)) for n, body in enumerate((shape, both, outer))] == [[ROW]] * 3


def _with_chunk(path, name, data):
    relations = f'<Relationships><Relationship Id="x" Type="{R}/aFChunk" Target="{name}"/></Relationships>'
    return word(path, '<w:altChunk r:id="x"/>', **{"word/_rels/document.xml.rels": relations, f"word/{name}": data})


def test_an_embedded_part_is_read_by_its_own_reader_or_asked_about(tmp_path):
    cells = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in (HEAD, ROW))
    page = f"<html><body><table>{cells}</table></body></html>"
    inner = word(tmp_path / "inner.docx", table(HEAD, ROW)).read_bytes()

    assert rows(_with_chunk(tmp_path / "a.docx", "a.html", page.encode())) == [ROW]
    assert rows(_with_chunk(tmp_path / "b.docx", "b.docx", inner)) == [ROW]
    lost = _with_chunk(tmp_path / "c.docx", "c.rtf", b"{\\rtf1 ...")
    with zipfile.ZipFile(lost, "a") as whole:
        body = whole.read("word/document.xml").decode()
    parts = {"word/document.xml": body.replace("<w:altChunk", table(HEAD, ROW) + "<w:altChunk")}
    with zipfile.ZipFile(lost) as whole:
        parts |= {name: whole.read(name) for name in whole.namelist() if name != "word/document.xml"}
    assert asked(archive(lost, **parts)) == [("lost", [])]


def test_a_rule_in_a_footnote_says_who_leads(tmp_path):
    note = (
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote><w:p><w:r>'
        "<w:t>列第一位的责任单位为牵头单位。</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    body = table(["序号", "任务", "责任单位", "时限"], ["1", ROW[1], "县司法局、县财政局", ROW[4]])

    assert rows(word(tmp_path / "a.docx", body, **{"word/footnotes.xml": note})) == [ROW]


# Excel


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (46203, 'yyyy"年"m"月"d"日"', "2026年6月30日"),
        (46174, 'yyyy"年"m"月"', "2026年6月"),
        (46266, "mmm-yy", "2026年9月"),
        (46249, 'm"月"d"日"', "2026年8月15日"),
        (46249, "m/d", "2026年8月15日"),
        (46234.75, "yyyy-mm-dd hh:mm", "2026年7月31日"),
        (46203, "[$-804]yyyy\\年m\\月d\\日;@", "2026年6月30日"),
        (46203, '[DBNum1][$-804]yyyy"年"m"月"d"日"', "二〇二六年六月三十日"),
        (46203, 'm"月底前"', "2026年6月底前"),
        (0.75, "h:mm", "18:00"),
        (2026.1, "0.00", "2026.10"),
        (2026.1, "General", "2026.1"),
        (6, '0"月底前"', "6月底前"),
        (3, '"第"0"季度"', "第3季度"),
        (1, "000", "001"),
        (0.95, "0%", "95%"),
        (12345.6, "#,##0.0", "12,345.6"),
        (-5, "0;(0)", "(5)"),
        (2.5, "0.##", "2.5"),
        (7, "@", "7"),
    ],
)
def test_a_number_is_read_as_its_cell_shows_it(value, code, text):
    assert formats.shown(value, code) == text


def test_days_since_1904_are_counted_from_there(tmp_path):
    styles = (
        '<numFmts><numFmt numFmtId="176" formatCode="yyyy/m/d"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="176"/></cellXfs>'
    )
    sheet = data(HEAD, [*ROW[:4], "<c r='E2' s='1'><v>44741</v></c>"])
    path = excel(tmp_path / "a.xlsx", sheet, styles=styles, book='<workbookPr date1904="1"/>')

    assert rows(path) == [[*ROW[:4], "2026年6月30日"]]


def test_texts_of_excel_lose_their_pronunciation_and_escapes(tmp_path):
    texts = (
        "<si><r><t>公开</t></r><r><rPr><b/></rPr><t>文件。</t></r><rPh><t>gong</t></rPh></si>"
        "<si><t>县司法局_x000D_\n县财政局</t></si><si><t>a_x005F_x000D_b</t></si>"
    )
    shared = [f"<c r='{place}2' t='s'><v>{number}</v></c>" for place, number in (("B", 0), ("C", 1))]
    path = excel(tmp_path / "a.xlsx", data(HEAD, ["1", *shared, "", ROW[4]]), texts=texts)

    assert rows(path) == [["1", "公开文件。", "县司法局、县财政局", "", ROW[4]]]


def test_hidden_rows_and_columns_are_asked_about(tmp_path):
    head, first = [*HEAD[:2], "内部意见", *HEAD[2:]], [*ROW[:2], "勿外传", *ROW[2:]]
    second = ["2", "旧任务。", "勿外传", "县财政局", "", "9月底前"]
    body = f"<sheetData>{line(1, *head)}{line(2, *first)}{line(3, *second, hidden=1)}</sheetData>"
    path = excel(tmp_path / "a.xlsx", f'<cols><col min="3" max="3" hidden="1"/></cols>{body}')
    columns = {"0": {"row": 0, "fields": ["number", "requirement", "", "lead", "responsible", "deadline"]}}

    assert asked(path) == [("columns", []), ("hidden", [])]
    assert rows(path) == [ROW]
    assert asked(path, {"columns": columns, "choices": {"hidden:0": "skip"}}) == []
    assert len(rows(path, {"columns": columns, "choices": {"hidden:0": "read"}})) == 2


def test_a_formula_without_a_result_is_asked_about(tmp_path):
    formula = "<c r='E2'><f>TEXT(A1,\"m月\")</f><v></v></c>"
    kept = "<c r='E3' t='str'><f>TEXT(A1,\"m月\")</f><v>9月底前</v></c>"
    path = excel(
        tmp_path / "a.xlsx",
        data(HEAD, [*ROW[:4], formula], [*SECOND[:4], kept]),
    )

    assert asked(path) == [("value", [("0:2", "deadline")])]
    assert rows(path, {"rows": {"0:2": {"deadline": "6月底前"}}}) == [ROW, SECOND]
    assert asked(path, {"rows": {"0:2": {"deadline": "6月底前"}}}) == []


def test_strict_workbooks_are_read(tmp_path):
    assert rows(excel(tmp_path / "a.xlsx", data(HEAD, ROW), strict=True)) == [ROW]


def test_reading_stops_at_the_last_filled_row(tmp_path):
    last = "<row r='1048576'><c r='XFD1048576' s='0'/></row>"
    merged = "<mergeCells><mergeCell ref='A5:XFD1048576'/></mergeCells>"
    path = excel(tmp_path / "a.xlsx", data(HEAD, ROW, last=last) + merged)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()

    source = child.read_limited(path)

    took = time.monotonic() - began
    assert [row.cells for row in source.grids[0].rows] == [HEAD, ROW]
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before.ru_utime < 2
    assert took < 20


def test_what_stands_far_to_the_right_is_asked_about(tmp_path):
    far = "<row r='3'><c r='ZZ3' t='inlineStr'><is><t>县民政局配合</t></is></c></row>"
    path = excel(tmp_path / "a.xlsx", data(HEAD, ROW, last=far))

    assert asked(path) == [("lost", [])]
    assert asked(path, {"choices": {"lost:0": "skip"}}) == []


# what calls itself .xls, OpenDocument, text


def _page(*lines, head=""):
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in lines)
    return (
        f'<html><head><meta charset="gb2312">{head}</head><body><p>某表</p><table border=1>{body}</table></body></html>'
    )


def test_html_that_calls_itself_xls_is_read(tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(_page(HEAD, ROW).replace("县财政局", "县财政局<s>、县民政局</s>").encode("gb18030"))

    assert rows(path) == [ROW]
    assert asked(path) == [("marked", [("0:2", "responsible")])]


def test_cells_of_html_that_take_several_rows_and_columns(tmp_path):
    path = tmp_path / "a.htm"
    text = (
        "<table><tr><td>序号</td><td>任务</td><td colspan=2>责任单位<td>时限</tr>"
        "<tr><td rowspan=2>1<td>公开文件目录。<td rowspan=2>县司法局<td>县财政局<td>6月底前</tr>"
        "<tr style='display:none'><td>隐藏的任务。<td>县财政局<td>6月底前</tr>"
        "<tr><td>公开预算。<td>县民政局<td>9月底前</tr></table>"
    )
    path.write_text(text)

    grid = read(path).grids[0]

    assert [row.cells for row in grid.rows][1] == ["1", "公开文件目录。", "县司法局", "县财政局", "6月底前"]
    assert [(row.covered, row.hidden) for row in grid.rows][2] == (["up", "", "up", "", ""], True)


def test_a_web_archive_is_read(tmp_path):
    head = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n"
    (tmp_path / "a.mht").write_text(head + _page(HEAD, ROW).replace("gb2312", "utf-8") + "\n--x--\n")

    assert rows(tmp_path / "a.mht") == [ROW]


def test_spreadsheetml_is_read(tmp_path):
    def cells(texts):
        return "".join(f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in texts)

    space = "urn:schemas-microsoft-com:office:spreadsheet"
    second = '<Cell ss:Index="5"><Data ss:Type="String">9月底前</Data></Cell>'
    day = '<Cell ss:StyleID="d"><Data ss:Type="DateTime">2026-06-30T00:00:00.000</Data></Cell>'
    xml = (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        f'<Workbook xmlns="{space}" xmlns:ss="{space}">'
        '<Styles><Style ss:ID="d"><NumberFormat ss:Format="Short Date"/></Style></Styles>'
        '<Worksheet ss:Name="表"><Table>'
        '<Row><Cell ss:MergeAcross="4"><Data ss:Type="String">2026年表</Data></Cell></Row>'
        f'<Row ss:Index="3">{cells(HEAD)}</Row><Row>{cells(ROW[:2])}'
        f'<Cell ss:MergeDown="1"><Data ss:Type="String">县司法局</Data></Cell>{cells(ROW[3:4])}{day}</Row>'
        f"<Row>{cells(SECOND[:2])}{second}</Row>"
        "</Table></Worksheet></Workbook>"
    )
    (tmp_path / "a.xls").write_text(xml)

    assert rows(tmp_path / "a.xls") == [[*ROW[:4], "2026年6月30日"], ["2", "公开预算。", "县司法局", "", "9月底前"]]


def test_definitions_of_an_xml_file_are_refused(tmp_path):
    entity = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
    (tmp_path / "a.xls").write_text(f'<?xml version="1.0"?>{entity}<Workbook>&b;</Workbook>')

    with pytest.raises(Unreadable, match="外部定义"):
        read(tmp_path / "a.xls")


def test_opendocument_is_read(tmp_path):
    def lines(*all_rows, last=""):
        cells = ("".join(f"<table:table-cell><text:p>{c}</text:p></table:table-cell>" for c in row) for row in all_rows)
        return "".join(f"<table:table-row>{row}</table:table-row>" for row in cells) + last

    far = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    sheet = f'<table:table table:name="表">{lines(HEAD, ROW, last=far)}</table:table>'
    text = f"<text:p>某表</text:p><table:table>{lines(HEAD, ROW)}</table:table>"

    assert rows(opendocument(tmp_path / "a.ods", "spreadsheet", sheet)) == [ROW]
    assert rows(opendocument(tmp_path / "a.odt", "text", text)) == [ROW]


def test_text_with_a_line_that_names_its_separator(tmp_path):
    (tmp_path / "a.csv").write_text("sep=;\n" + "\n".join(";".join(row) for row in (HEAD, ROW)), encoding="gb18030")

    assert rows(tmp_path / "a.csv") == [ROW]


def test_tabs_with_quoted_line_breaks_in_utf_16(tmp_path):
    lines = "\r\n".join("\t".join(row) for row in (HEAD, [*ROW[:3], '"县财政局\n县民政局"', ROW[4]], SECOND))
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe" + lines.encode("utf-16-le"))

    assert rows(tmp_path / "a.txt") == [[*ROW[:3], "县财政局、县民政局", ROW[4]], SECOND]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.pptx", packed(**{"ppt/presentation.xml": "<a/>"}), "演示文稿"),
        ("a.zip", packed(**{"分解表.docx": "x"}), "压缩包"),
        ("a.ofd", packed(**{"OFD.xml": "<a/>"}), "OFD"),
        ("a.xml", b'<?xml version="1.0"?><svg/>', "XML 数据"),
        ("a.xls", b"<html><frameset><frame src='a.files/sheet001.htm'></frameset></html>", "网页框架"),
    ],
)
def test_a_refusal_says_what_the_file_is_and_what_to_do(tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data)

    with pytest.raises(Unreadable, match=words) as refused:
        read(tmp_path / name)

    assert "再导入" in str(refused.value) or "请使用" in str(refused.value)


def test_a_page_fetches_nothing_and_runs_nothing():
    source = html.read(
        _page(HEAD, ROW, head="<script>x</script><link href='http://127.0.0.1/a.css'>").encode("gb18030")
    )

    assert source.paragraphs == ["某表"]


def test_text_whose_headings_have_no_separators_behind_them_is_a_table(tmp_path):
    lines = [",".join(HEAD), "一、政策公开", ",".join(ROW), "二、财政公开", ",".join(SECOND)]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="gb18030")

    assert rows(tmp_path / "a.csv") == [ROW, SECOND]
