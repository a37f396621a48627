"""Reading of a completed file, and its errors by sheet and row."""

import io
import zipfile

import pytest
from openpyxl import load_workbook

from departments.imports import layout
from departments.imports.reading import MAX_ROWS, read
from tests.departments.registers import PERSON, UNIT, other_file, register_file
from wenshang_disclosure.core.office import xlsx
from wenshang_disclosure.core.web.errors import Unreadable


def errors(units=(), people=()):
    return read(register_file(units, people)).errors


def test_the_template_filled_in_is_read():
    parsed = read(register_file())

    assert parsed.errors == []
    assert parsed.units == [
        {
            "name": "县司法局",
            "short_name": "司法局",
            "kind": "department",
            "division_code": "",
            "order": 10,
            "aliases": ["县法制办", "司法局机关"],
            "row": 2,
        }
    ]
    assert parsed.people[0] | {"row": 2} == {
        "name": "甲联络",
        "unit": "县司法局",
        "role": "liaison",
        "username": "",
        "phone": "13800000001",
        "email": "a@example.gov.cn",
        "row": 2,
    }


@pytest.mark.parametrize("name", ["县_x0041_局", "县_x2024_局", "_x005F_x0041_局", "县_x000D_局"])
def test_names_in_the_form_of_escapes_come_back_from_our_own_file(name):
    with xlsx.Book() as book:
        sheet = book.sheet(layout.UNITS)
        for row, line in enumerate([list(layout.UNIT_COLUMNS.values()), [name, "", "政府部门", "", 1, ""]]):
            for column, text in enumerate(line):
                sheet.put(row, column, text)
        file = book.finished()

    assert [unit["name"] for unit in read(file).units] == [name]


def test_the_template_offers_kinds_and_roles_and_says_how_to_fill_it_in():
    book = load_workbook(layout.template())

    listed = [
        rule.formula1 for title in (layout.UNITS, layout.PEOPLE) for rule in book[title].data_validations.dataValidation
    ]
    assert book.sheetnames == ["单位", "人员", "填写说明"]
    assert "政府部门" in listed[0]
    assert "联络员" in listed[1]


@pytest.mark.parametrize(
    ("units", "people", "expected"),
    [
        ([["", "", "政府部门"]], [], ("单位", 2, "没有填写单位名称。")),
        ([["县司法局", "", "部门"]], [], ("单位", 2, "类别“部门”不在可填范围内。")),
        ([["县司法局", "", ""]], [], ("单位", 2, "没有填写类别。")),
        ([["县司法局", "", "政府部门", "", "十"]], [], ("单位", 2, "排序“十”不是整数。")),
        ([UNIT, UNIT], [], ("单位", 3, "单位名称与第2行相同。")),
        (
            [["县司法局", "", "政府部门"], ["县财政局", "", "政府部门", "", "", "县司法局"]],
            [],
            ("单位", 3, "别名“县司法局”与第2行的单位名称或别名相同。"),
        ),
        (
            [["县司法局", "", "政府部门", "", "", "县局"], ["县财政局", "", "政府部门", "", "", "县局"]],
            [],
            ("单位", 3, "别名“县局”与第2行的单位名称或别名相同。"),
        ),
        ([], [["", "县司法局", "联络员"]], ("人员", 2, "没有填写姓名。")),
        ([], [["甲", "县司法局", "科员"]], ("人员", 2, "角色“科员”不在可填范围内。")),
        ([], [["甲", "", "联络员"]], ("人员", 2, "联络员和分管领导须填写所在单位。")),
        ([], [["甲", "县司法局", "联络员", "", "", "不是邮箱"]], ("人员", 2, "电子邮箱“不是邮箱”格式不正确。")),
        ([], [["甲", "县司法局", "联络员", "a b"]], ("人员", 2, "登录名“a b”只能用文字、数字和 @ . + - _。")),
        ([], [PERSON, PERSON], ("人员", 3, "与第2行是同一单位的同名人员。")),
        (
            [],
            [["甲", "县司法局", "联络员", "one"], ["乙", "县司法局", "联络员", "one"]],
            ("人员", 3, "登录名与第2行相同。"),
        ),
        ([["名" * 101, "", "政府部门"]], [], ("单位", 2, "“单位名称”超过100个字。")),
    ],
)
def test_a_wrong_row_is_named_by_sheet_and_number(units, people, expected):
    assert errors(units, people) == [expected]


def test_namesakes_are_told_apart_by_login_name_and_telephone():
    people = [["甲", "县司法局", "联络员", "one", "13810000001"], ["甲", "县司法局", "联络员", "two", "13820000001"]]

    assert errors(people=people) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "不是 .xlsx 文件"),
        (b"%PDF-1.7", "不是 .xlsx 文件"),
        (b"PK\x03\x04 rubbish", "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "设有密码"),
    ],
)
def test_other_files_are_refused_with_what_to_do(content, words):
    with pytest.raises(Unreadable, match=words):
        read(io.BytesIO(content))


def test_a_workbook_without_the_sheets_is_refused():
    with pytest.raises(Unreadable, match="没有“单位”或“人员”工作表"):
        read(other_file(["姓名", "电话"], ["甲", "1"]))


def test_an_empty_template_is_told_to_be_filled_in():
    with pytest.raises(Unreadable, match="还没有填写内容"):
        read(layout.template())


def test_a_macro_file_and_a_bomb_are_refused():
    for name, data, words in (("xl/vbaProject.bin", b"x", "宏"), ("xl/media/x.bin", bytes(80_000_000), "解压后过大")):
        file = register_file()
        with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)
        with pytest.raises(Unreadable, match=words):
            read(file)


def test_fifty_thousand_rows_are_refused():
    people = [["姓名", "所在单位", "角色"], *[[f"人{n}", "县司法局", "联络员"] for n in range(50_000)]]

    with pytest.raises(Unreadable, match=f"“人员”表超过{MAX_ROWS}行"):
        read(other_file(*people, title="人员"))


def test_columns_may_stand_in_another_order():
    file = other_file(["角色", "姓名", "备注", "所在单位"], ["联络员", "甲", "x", "县司法局"], title="人员")

    parsed = read(file)

    assert [(row["name"], row["unit"], row["role"]) for row in parsed.people] == [("甲", "县司法局", "liaison")]


def test_a_telephone_number_that_is_none_is_named_and_full_width_digits_are_read():
    assert errors(people=[[*PERSON[:4], "请找张三", ""]]) == [
        ("人员", 2, "联系电话“请找张三”不是一个手机号或者带区号的固定电话。")
    ]
    assert (
        read(register_file(people=[[*PERSON[:4], "０５３７－７２１２３４５", ""]])).people[0]["phone"] == "0537-7212345"
    )
