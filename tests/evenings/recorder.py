"""Everything that the product says of one evening, as plain data that can be compared."""

import io
import json
import re
import zipfile

from docx import Document
from lxml import html
from openpyxl import load_workbook

from departments.models import Unit
from tasks.models import Assignment
from tests.environment import LONG
from wenshang_disclosure.core.evenings import evening

LEFT_OUT = (
    "//form | //script | //button[not(ancestor::table)] | //details[@class='more'] | //*[@data-today] | "
    "//*[@role='alert'] | //nav | //header | //p[contains(@class, 'alert')] | //div[@role='status'] | "
    "//th[normalize-space()='选择'] | //th[normalize-space()='办理'] | //th[normalize-space()='本期'] | "
    "//td[@data-label='本期'] | "
    "//td[contains(@class, 'c-light')]//*[normalize-space()='退回待补正']"
)
"""Parts of a page that are about what can be done today, not about how things stood.

Lists of today say in the column 本期 that a report was returned, those of a past day beside the light.
"""


def pages(client, plan, day):
    """Return `{address: text}` of the pages that take a day, for the person whom `client` is."""
    found = {address: _page(client, address, day) for address in _addresses(plan)}
    return {address: text for address, text in found.items() if text is not None}


def _addresses(plan):
    yield from ("/dashboard/", "/assignments/?per_page=200", "/overdue/?per_page=200", "/tasks/", "/matrix/")
    yield from ("/units/", "/reports/?per_page=200", "/assessment/")
    yield from ("/reminders/?per_page=200", "/reminders/items/?per_page=200")
    yield from (f"/units/{unit.pk}/?per_page=200" for unit in Unit.objects.order_by("pk"))
    yield from (f"/tasks/{task.pk}/" for task in plan.tasks.order_by("number"))


def duties(client, plan, day):
    """Return `{address: text}` of the pages of duties."""
    return {f"/assignments/{pk}/": _page(client, f"/assignments/{pk}/", day) for pk in _duties_read(day)}


def _duties_read(day):
    return _some(Assignment, day, of=3)


def _some(model, day, of):
    """Return the ids of the rows that there were on the evening, in the short form of every second or third.

    A merger may have deleted a duty since.
    """
    with evening(day):
        pks = list(model.objects.order_by("pk").values_list("pk", flat=True))
    return pks if LONG else pks[day.day % of :: of]


def files(client, plan, day):
    """Return `{address: rows or paragraphs}` of the files that take a day."""
    names = ["assignments", "overdue", "tasks", "units", "ledger", "reports", "summary", "assessment"]
    names += ["reminders", "reminder-items"]
    found = {f"/exports/{name}.xlsx": _xlsx for name in names}
    found |= {f"/exports/units/{pk}.xlsx": _xlsx for pk in _some(Unit, day, of=2)}
    found |= {f"/exports/plans/{plan.pk}.xlsx": _xlsx, f"/exports/plans/{plan.pk}.docx": _docx}
    found |= {"/exports/bulletin.docx": _docx, "/exports/annual-report.docx": _docx, "/exports/evidence.zip": _zip}
    return {address: _file(client, address, day, read) for address, read in found.items()}


def answers(client, plan, day):
    """Return `{address: data}` of the API; `client` sends the person's token."""
    addresses = ["/api/v1/tasks", "/api/v1/assignments"]
    addresses += [f"/api/v1/tasks/{task.pk}" for task in plan.tasks.order_by("number")]
    addresses += [f"/api/v1/assignments/{pk}" for pk in _duties_read(day)]
    return {address: _answer(client.get, address, day) for address in addresses}


def _ask(address, day):
    return f"{address}{'&' if '?' in address else '?'}as_of={day}"


def _page(client, address, day):
    response = client.get(_ask(address, day))
    if response.status_code != 200:
        return f"status {response.status_code}"
    tree = html.fromstring(response.content.decode())
    main = tree.xpath("//main")[0]
    for part in main.xpath(LEFT_OUT):
        part.getparent().remove(part) if part.getparent() is not None else None
    lines = (re.sub(r"\s+", " ", text).strip() for text in main.itertext())
    return [line for line in lines if line]


def _file(client, address, day, read):
    response = client.get(_ask(address, day))
    if response.status_code != 200:
        return f"status {response.status_code}"
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return read(io.BytesIO(content))


def _xlsx(file):
    book = load_workbook(file)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def _docx(file):
    document = Document(file)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells


def _zip(file):
    with zipfile.ZipFile(file) as archive:
        index = next(name for name in archive.namelist() if name.endswith(".xlsx"))
        return {"names": sorted(archive.namelist()), "index": _xlsx(io.BytesIO(archive.read(index)))}


def _answer(get, address, day):
    response = get(_ask(address, day) + ("&page_size=200" if address.count("/") == 3 else ""))
    return response.json() if response.status_code == 200 else f"status {response.status_code}"


def differences(then, now):
    """Return `[(address, first thing that differs)]` between two recordings."""
    found = []
    for address, said in then.items():
        again = now.get(address)
        if again != said:
            found.append((address, _first(said, again)))
    return found


def _first(then, now):
    if type(then) is not type(now):
        return f"{str(then)[:150]} → {str(now)[:150]}"
    if isinstance(then, dict):
        for key in [*then, *(key for key in now if key not in then)]:
            if then.get(key) != now.get(key):
                return f"{key}: {_first(then.get(key), now.get(key))}"
    if isinstance(then, list):
        for place, (old, new) in enumerate(zip(then, now, strict=False)):
            if old != new:
                return f"[{place}] {_first(old, new)}"
        return f"{len(then)} → {len(now)} items: {(then[len(now) :] or now[len(then) :])[:1]}"
    return f"{str(then)[:200]} → {str(now)[:200]}"


def as_json(recording):
    """Return a recording as it is when it was kept and read again."""
    return json.loads(json.dumps(recording, ensure_ascii=False, default=str))
