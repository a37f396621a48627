"""Sheets and columns of the file, its empty template (模板), and the list of passwords."""

from departments.choices import Role, UnitKind
from wenshang_disclosure.core.office import xlsx

UNITS, PEOPLE, NOTES = "单位", "人员", "填写说明"
UNIT_COLUMNS = {
    "name": "单位名称",
    "short_name": "简称",
    "kind": "类别",
    "division_code": "行政区划代码",
    "order": "排序",
}
UNIT_COLUMNS["aliases"] = "别名（用顿号隔开）"
PEOPLE_COLUMNS = {
    "name": "姓名",
    "unit": "所在单位",
    "role": "角色",
    "username": "登录名",
    "phone": "联系电话",
    "email": "电子邮箱",
}
WIDTHS = {"name": 30, "unit": 30, "aliases": 40, "role": 24, "email": 28}
CHOICE_ROWS = 500  # rows with a drop-down list
PASSWORD_COLUMNS = [("姓名", 16), ("所在单位", 32), ("角色", 20), ("登录名", 22), ("初始密码", 22)]
EXPLAINED = [
    "一、“单位”表：单位名称和类别必填。名称与名录中的单位名称或别名相同的，更新该单位；其余的登记为新单位。",
    f"　　类别填：{'、'.join(UnitKind.labels)}。排序填整数，越小越靠前。",
    "二、“人员”表：姓名和角色必填；联络员和分管领导须填所在单位，单位须在名录中或在本文件的“单位”表中。",
    f"　　角色填：{'、'.join(Role.labels)}。",
    "　　联系电话填一个手机号，或者带区号的固定电话，如0537-7212345转801。",
    "三、登录名可不填：有联系电话的用电话作登录名，否则用电子邮箱@前的部分。",
    "四、新登记的人员没有密码。导入后由系统管理员发放一次性密码，本人首次登录时须修改。",
    "　　联络员和分管领导以外的账号、角色的变更由系统管理员办理。",
    "五、同一文件再次导入，不会重复登记。",
]


def template():
    """Write the empty file; return it open."""
    with xlsx.Book() as book:
        _write_sheet(book.sheet(UNITS), UNIT_COLUMNS, {"kind": UnitKind.labels})
        _write_sheet(book.sheet(PEOPLE), PEOPLE_COLUMNS, {"role": Role.labels})
        notes = book.sheet(NOTES)
        notes.set_width(0, 110)
        for row, text in enumerate(EXPLAINED):
            notes.put(row, 0, text, border=0)
        return book.finished()


def _write_sheet(sheet, columns, choices):
    sheet.headings(0, [xlsx.Column(heading, WIDTHS.get(name, 16)) for name, heading in columns.items()])
    for number, name in enumerate(columns):
        if name in choices:
            offered = {"validate": "list", "source": choices[name], "show_error": False}
            sheet.worksheet.data_validation(1, number, CHOICE_ROWS - 1, number, offered)
    sheet.freeze(1)
    sheet.set_up_print(paper=xlsx.A4, header_row=0)


def password_list(given):
    """Return the list of `(person, password)` for distribution as an open .xlsx file."""
    notes = ["首次登录须修改密码。本表只能下载一次，请分发后销毁。"]
    rows = [[p.name, str(p.unit or ""), p.get_role_display(), p.username, password] for p, password in given]
    return xlsx.stream_table("初始密码", notes, PASSWORD_COLUMNS, rows)
