"""Reading of a completed file: rows of units and people, and errors by sheet and row."""

import re
from dataclasses import asdict, dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from departments.choices import BELONGS_TO_A_UNIT, Role, UnitKind
from wenshang_disclosure.core.office.archives import DAMAGED, opened
from wenshang_disclosure.core.office.escapes import unescaped
from wenshang_disclosure.core.office.signatures import OLE_HEAD, ZIP_HEADS
from wenshang_disclosure.core.phones import read_phone
from wenshang_disclosure.core.web.errors import Unreadable

from .layout import PEOPLE, PEOPLE_COLUMNS, UNIT_COLUMNS, UNITS

MAX_ROWS = 5_000
MAX_COLUMNS = 40
NOT_XLSX = "不是 .xlsx 文件。请使用本页的模板填写，或在 Excel、WPS 中另存为 .xlsx 后再导入。"
OLD = "是旧版 Excel 文件，或者设有密码。请在 Excel、WPS 中打开，取消密码，另存为 .xlsx 后再导入。"
KINDS = {
    **{kind.label: kind.value for kind in UnitKind},
    "乡": UnitKind.TOWNSHIP.value,
    "乡（镇）": UnitKind.TOWNSHIP.value,
}
ROLES = {**{role.label: role.value for role in Role}, "审计": Role.AUDITOR.value, "办公室": Role.OFFICE.value}
LIMITS = {"name": 100, "short_name": 40, "division_code": 12, "phone": 30, "username": 150, "email": 254}
USERNAME = re.compile(r"^[\w.@+-]{1,150}$")


@dataclass
class Parsed:
    """Rows of both sheets and errors.

    Rows are dicts with `row`, their number in the sheet; errors are `(sheet, row, sentence)`.
    """

    units: list[dict] = field(default_factory=list)
    people: list[dict] = field(default_factory=list)
    errors: list[tuple] = field(default_factory=list)

    def as_data(self):
        """Return the content as JSON-serialisable data."""
        return asdict(self)


def read(file):
    """Return the content of an open file. Raises `Unreadable` if it is no workbook of this layout."""
    from openpyxl import load_workbook  # by whoever reads a file, in a process of its own

    _refuse_other_kinds(file)
    try:
        book = load_workbook(file, read_only=True, data_only=True)
        parsed = Parsed()
        found = _read_sheet(book, UNITS, UNIT_COLUMNS, _unit, parsed.units, parsed.errors)
        found |= _read_sheet(book, PEOPLE, PEOPLE_COLUMNS, _person, parsed.people, parsed.errors)
    except Unreadable:
        raise
    except Exception as fault:  # openpyxl raises various exceptions on damaged files
        raise Unreadable(DAMAGED) from fault
    if not found:
        raise Unreadable(f"文件中没有“{UNITS}”或“{PEOPLE}”工作表，或表头与模板不一致。请使用本页的模板填写。")
    _check_duplicates(parsed)
    if not (parsed.units or parsed.people or parsed.errors):
        raise Unreadable("表中还没有填写内容。")
    return parsed


def _refuse_other_kinds(file):
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    if head.startswith(OLE_HEAD):
        raise Unreadable(f"文件{OLD}")
    if not head.startswith(ZIP_HEADS):
        raise Unreadable(f"文件{NOT_XLSX}")
    with opened(file) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            raise Unreadable(f"文件{NOT_XLSX}")
    file.seek(0)


def _read_sheet(book, title, columns, take, rows, errors):
    """Read one sheet into `rows` and `errors`; return whether it exists with its headings."""
    if title not in book.sheetnames:
        return False
    lines = book[title].iter_rows(values_only=True, max_col=MAX_COLUMNS)
    places = _places(next(lines, ()), columns)
    if "name" not in places:
        return False
    filled = 0
    for number, line in enumerate(lines, start=2):
        texts = {name: _text(line[at]) if at < len(line) else "" for name, at in places.items()}
        if not any(texts.values()):
            continue
        filled += 1
        if filled > MAX_ROWS:
            raise Unreadable(f"“{title}”表超过{MAX_ROWS}行，未予读取。请分开导入。")
        row, wrong = take({name: texts.get(name, "") for name in columns})
        wrong += [
            f"“{columns[name]}”超过{limit}个字"
            for name, limit in LIMITS.items()
            if name in columns and len(texts.get(name, "")) > limit
        ]
        errors += [(title, number, f"{sentence}。") for sentence in wrong]
        if not wrong:
            rows.append({**row, "row": number})
    return True


def _places(headings, columns):
    """Return the column index of each known heading, ignoring spaces and text in brackets."""
    found = {re.sub(r"\s|（.*?）|\(.*?\)", "", _text(text)): at for at, text in enumerate(headings)}
    plain = {name: re.sub(r"（.*?）", "", heading) for name, heading in columns.items()}
    return {name: found[heading] for name, heading in plain.items() if heading in found}


def _text(value):
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(unescaped(str(value)).split())


def _unit(texts):
    wrong = []
    if not texts["name"]:
        wrong.append("没有填写单位名称")
    if texts["kind"] not in KINDS:
        wrong.append(f"类别“{texts['kind']}”不在可填范围内" if texts["kind"] else "没有填写类别")
    if texts["order"] and not (texts["order"].isdecimal() and int(texts["order"][:6]) <= 30_000):
        wrong.append(f"排序“{texts['order']}”不是整数")
    aliases = [name for name in re.split(r"[、，,；;]", texts["aliases"]) if name.strip()]
    if any(len(name) > LIMITS["name"] for name in aliases):
        wrong.append("别名过长")
    row = {**texts, "kind": KINDS.get(texts["kind"], ""), "aliases": [name.strip() for name in aliases]}
    row["order"] = int(texts["order"]) if texts["order"] and not wrong else None
    return row, wrong


def _person(texts):
    wrong = []
    if not texts["name"]:
        wrong.append("没有填写姓名")
    if len(texts["name"]) > 40:
        wrong.append("姓名过长")
    role = ROLES.get(texts["role"].lstrip("县区市旗"), "")  # as templates of a region say it, too
    if not role:
        wrong.append(f"角色“{texts['role']}”不在可填范围内" if texts["role"] else "没有填写角色")
    if role in BELONGS_TO_A_UNIT and not texts["unit"]:
        wrong.append("联络员和分管领导须填写所在单位")
    if texts["username"] and not USERNAME.match(texts["username"]):
        wrong.append(f"登录名“{texts['username']}”只能用文字、数字和 @ . + - _")
    if texts["email"] and not _is_email(texts["email"]):
        wrong.append(f"电子邮箱“{texts['email']}”格式不正确")
    phone = _phone(texts["phone"])
    if phone is None:
        wrong.append(f"联系电话“{texts['phone']}”不是一个手机号或者带区号的固定电话")
    return {**texts, "role": role, "phone": phone or ""}, wrong


def _phone(text):
    try:
        return read_phone(text)
    except ValidationError:
        return None


def _is_email(text):
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _check_duplicates(parsed):
    """Add errors for a unit, user name or person that occurs on two rows."""
    _add_duplicates(parsed.units, UNITS, lambda row: row["name"], "单位名称与第{row}行相同", parsed.errors)
    _add_shared_names(parsed.units, parsed.errors)
    _add_duplicates(parsed.people, PEOPLE, lambda row: row["username"], "登录名与第{row}行相同", parsed.errors)
    _add_duplicates(parsed.people, PEOPLE, _identity, "与第{row}行是同一单位的同名人员", parsed.errors)


def _add_shared_names(units, errors):
    """Add errors for an alias that is the name or an alias of another row, or stands twice."""
    names = {row["name"]: row for row in units}
    for row in units:
        for alias in row["aliases"]:
            other = names.setdefault(alias, row)
            if other["name"] != row["name"] or alias == row["name"]:
                errors.append((UNITS, row["row"], f"别名“{alias}”与第{other['row']}行的单位名称或别名相同。"))


def _identity(row):
    """Return the key of a person; namesakes in one unit differ only with both user name and phone number."""
    apart = (row["username"], row["phone"]) if row["username"] and row["phone"] else ()
    return (row["name"], row["unit"], *apart)


def _add_duplicates(rows, sheet, key, sentence, errors):
    first = {}
    for row in rows:
        value = key(row)
        if value and value in first:
            errors.append((sheet, row["row"], f"{sentence.format(row=first[value])}。"))
        first.setdefault(value, row["row"])
