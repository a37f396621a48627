"""Office files written part by part, for what no library writes."""

import io
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_R = "http://purl.oclc.org/ooxml/officeDocument/relationships"
HEAD = ["序号", "任务", "牵头单位", "责任单位", "时限"]
ROW = ["1", "公开文件目录并更新。", "县司法局", "县财政局", "6月底前"]


def archive(path, **parts):
    """Write a zip archive of parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return path


def run(text, properties=""):
    """Return a run of Word."""
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def cell(content, properties=""):
    """Return a cell of Word; `content` is text, or a run or more."""
    inside = content if content.startswith("<") else run(content)
    inside = inside if inside.startswith("<w:p>") else f"<w:p>{inside}</w:p>"
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def table(*rows):
    """Return a table of Word of rows of texts or cells."""
    lines = ("".join(c if c.startswith("<w:tc>") else cell(c) for c in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{line}</w:tr>" for line in lines) + "</w:tbl>"


def word(path, body, **parts):
    """Write a Word file with a body, and with more parts."""
    spaces = f'xmlns:w="{W}" xmlns:r="{R}" xmlns:v="urn:v" xmlns:mc="urn:mc"'
    xml = f"<w:document {spaces}><w:body>{body}</w:body></w:document>"
    return archive(path, **{"word/document.xml": xml, **parts})


def excel(path, sheet, *, styles="", texts="", book="", strict=False, states=("visible",)):
    """Write a workbook of one sheet, as the XML inside `<worksheet>`; or of several where `sheet` is a list."""
    space, relations = (STRICT, STRICT_R) if strict else (S, R)
    sheets = [sheet] if isinstance(sheet, str) else sheet
    listed = "".join(
        f'<sheet name="表{n}" sheetId="{n}" state="{state}" r:id="r{n}"/>' for n, state in enumerate(states, start=1)
    )
    targets = "".join(
        f'<Relationship Id="r{n}" Type="{relations}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{relations}">{book}'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships>{targets}</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{space}">{styles}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{space}">{texts}</sst>',
    }
    for number, inside in enumerate(sheets, start=1):
        parts[f"xl/worksheets/sheet{number}.xml"] = f'<worksheet xmlns="{space}">{inside}</worksheet>'
    return archive(path, **parts)


def line(number, *cells, **attributes):
    """Return a row of a sheet: texts, or cells as XML."""
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    inside = "".join(
        c if c.startswith("<c") else f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{c}</t></is></c>'
        for at, c in enumerate(cells)
    )
    return f'<row r="{number}"{more}>{inside}</row>'


def opendocument(path, kind, body, styles=""):
    """Write an .odt or .ods of a body."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (
            ("office", "office"),
            ("text", "text"),
            ("table", "table"),
            ("style", "style"),
            ("fo", "fo"),
        )
    )
    xml = (
        f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    mime = f"application/vnd.oasis.opendocument.{kind}"
    return archive(path, **{"mimetype": mime, "content.xml": xml, "META-INF/manifest.xml": "<m/>"})


def packed(**parts):
    """Return the bytes of a zip archive."""
    file = io.BytesIO()
    archive(file, **parts)
    return file.getvalue()
