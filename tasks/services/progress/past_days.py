"""Days of reports from before the product was used for a plan (补录, design: Rules of progress)."""

import re
from datetime import date

from wenshang_disclosure.core.web.errors import Refused

A_DAY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:\s+0{1,2}:00(?::00)?)?")


def read_day(text):
    """Return the day that a cell says, `None` where it says none."""
    found = A_DAY.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def why_not_on(plan, reported_on):
    """Return why no report of that day can be entered as one from before (补录), "" where it can."""
    if reported_on is None:
        return ""
    if plan.used_from is None:
        return "该分解表印发时就在本系统办理，没有需要补录的报告，请不填报告日期。"
    if not plan.issued_on <= reported_on <= plan.used_from:
        return f"补录的报告日期须在{plan.issued_on:%Y-%m-%d}（印发）至{plan.used_from:%Y-%m-%d}（启用）之间。"
    return ""


def refuse_day(plan, reported_on):
    """Raise `Refused` where no report of that day can be entered as one from before (补录)."""
    wrong = why_not_on(plan, reported_on)
    if wrong:
        raise Refused(wrong, field="reported_on")
