"""What people make with ordinary programs is taken, by itself and in an archive, and is not marked for nothing."""

import io

import docx
import pytest
from docx.shared import Cm
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.worksheet.datavalidation import DataValidation

from tests.made_files import picture, zipped
from wenshang_disclosure.files.inspection.judging import judge


def text():
    """A text with heading, picture, table and field of the page number."""
    made, file = docx.Document(), io.BytesIO()
    made.add_heading("汶上县2024年政务公开工作要点", 1)
    made.add_picture(io.BytesIO(picture("png")), width=Cm(5))
    made.add_table(2, 2).cell(0, 0).text = "牵头部门|责任单位！"
    made.save(file)
    return file.getvalue()


def table():
    """A workbook with formulas, links, comment, chart, picture and a list to choose from."""
    book, file = Workbook(), io.BytesIO()
    sheet = book.active
    for row in range(1, 10):
        sheet.append([row, f"=A{row}*2", f'=IF(A{row}>1,"是|否!","")', "甲|乙!", "-5", "+86 537"])
    for row, target in enumerate(["https://www.example.gov.cn/", "mailto:a@b.cn", "台账.xlsx", "D:\\台账.xlsx"], 1):
        sheet.cell(row, 8).hyperlink = target
    sheet["A1"].comment = Comment("请核对", "办公室")
    choice = DataValidation(type="list", formula1='"是,否|无"')
    choice.add("J1:J9")
    sheet.add_data_validation(choice)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=1, min_row=1, max_row=9))
    sheet.add_chart(chart, "L1")
    sheet.add_image(Image(io.BytesIO(picture("png"))), "L20")
    book.save(file)
    return file.getvalue()


MADE = {"docx": text, "xlsx": table}


def marks(name, data):
    return judge(io.BytesIO(data), name).marks, judge(io.BytesIO(zipped(**{name: data})), "材料.zip").marks


@pytest.mark.parametrize("ending", MADE)
def test_what_libraries_write_is_taken(ending):
    assert marks(f"a.{ending}", MADE[ending]()) == ((), ())


@pytest.mark.parametrize(("ending", "kinds"), [("docx", ["doc", "docx", "pdf"]), ("xlsx", ["xls", "xlsx", "csv"])])
def test_what_libreoffice_writes_is_taken(ending, kinds, tmp_path, libreoffice):
    path = tmp_path / f"a.{ending}"
    path.write_bytes(MADE[ending]())

    written = {kind: libreoffice(path, kind).read_bytes() for kind in kinds}

    assert {kind: marks(f"a.{kind}", data) for kind, data in written.items()} == dict.fromkeys(kinds, ((), ()))
