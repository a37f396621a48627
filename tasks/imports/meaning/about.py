"""Reads title, document number, issuer, date and basis documents of a plan from the notice that precedes its table."""

import re
from datetime import date

from tasks.imports.reading.source import compact

NUMBER = re.compile(r"[\u4e00-\u9fff]{1,12}[〔\[［（(【]\s*(\d{4})\s*[〕\]］）)】]\s*\d{1,4}\s*号")
NUMBER_ALONE = re.compile(rf"^{NUMBER.pattern}$")
DAY_ALONE = re.compile(r"^(\d{4})年(\d{1,2})月(\d{1,2})日$")
PRINTED = re.compile(r"^(?P<issuer>.+?)\s*(\d{4})年(\d{1,2})月(\d{1,2})日印发$")
BASIS = re.compile(rf"《([^《》]+(?:《[^《》]*》[^《》]*)*)》\s*[（(〔]?\s*({NUMBER.pattern})\s*[)）〕]?")
LISTED = re.compile(r"^依据[:：]《")
LISTED_ONE = re.compile(r"《(.+?)》(?:[（(]([^（()）]*)[)）])?(?=[、，。]|$)")
TABLE_TITLE = re.compile(
    r"(?:分解表|任务表|清单|台账|一览表|分工表|安排表|任务分解|责任表|工作表|分工方案|工作要点)(?:[（(].*[)）])?$"
)
ISSUER = re.compile(r"(?:人民政府|办公室|办公厅|局|委员会|领导小组|中心|委|部)$")
YEAR = re.compile(r"(20\d{2})\s*年")
FIRST_YEAR, LAST_YEAR = 2000, 2100


def read_about(paragraphs, above=()):
    """Return what the paragraphs before the table and the lines above its header say of the plan.

    A dict with `year`, `title`, `document_number`, `issuer`, `issued_on` (a date) and `basis`; `None` or "" where the
    file does not say.
    """
    lines = [*paragraphs, *above]
    number = _number(lines)
    issued_on = _issued_on(lines)
    title = _title(lines)
    return {
        "title": title,
        "document_number": number,
        "issuer": _issuer(lines),
        "issued_on": issued_on,
        "basis": _basis(lines, number),
        "year": _year(title, number, issued_on),
    }


def _number(lines):
    found = next((compact(line) for line in lines if NUMBER_ALONE.match(compact(line))), "")
    if found:
        return found
    for line in lines:
        for piece in re.split(r"[\s　]+", line):
            if NUMBER_ALONE.match(piece):
                return piece
    return ""


def _dates(lines):
    for line in lines:
        match = DAY_ALONE.match(compact(line))
        if match:
            try:
                yield date(*map(int, match.groups()))
            except ValueError:
                continue


def _issued_on(lines):
    return next(_dates(lines), None)


def _title(lines):
    """Return the title of the table: the last line that reads like one, else the title that follows 关于印发."""
    titles = [compact(line) for line in lines if TABLE_TITLE.search(compact(line)) and len(line) <= 100]
    titles = [re.sub(r"^附件\d*[:：]?", "", title) for title in titles if not title.startswith(("根据", "现将"))]
    if titles:
        return titles[-1]
    whole = "".join(compact(line) for line in lines[:12])
    match = re.search(r"关于印发(《[^》]+》|.{4,80}?)的通知", whole)
    return match[1].strip("《》") if match else ""


def _issuer(lines):
    """Return the issuing body: the line before the date, else the line before 关于印发."""
    plain = [compact(line) for line in lines]
    for before, line in zip(plain, plain[1:], strict=False):
        if DAY_ALONE.match(line) and ISSUER.search(before) and len(before) <= 40:
            return before
    for before, line in zip(plain, plain[1:], strict=False):
        if line.startswith("关于") and ISSUER.search(before) and len(before) <= 40:
            return before
    printed = next((PRINTED.match(line.strip()) for line in lines if PRINTED.match(line.strip())), None)
    return compact(printed["issuer"]) if printed else ""


def _basis(lines, number):
    """Return the numbered documents that the notice names, each once, without the notice itself.

    A separate line that begins with 依据 is read in full, including documents without a number.
    """
    listed = next((line for line in lines if LISTED.match(compact(line))), None)
    if listed:
        return [{"title": title, "number": compact(written)} for title, written in LISTED_ONE.findall(listed)]
    found = {}
    for line in lines:
        for match in BASIS.finditer(line):
            title, written = match[1], compact(match[2])
            if written != number:
                found.setdefault(written, {"title": title, "number": written})
    return list(found.values())


def _year(title, number, issued_on):
    match = YEAR.search(title) or re.search(r"(20\d{2})", number)
    if match:
        return int(match[1])
    return issued_on.year if issued_on else None
