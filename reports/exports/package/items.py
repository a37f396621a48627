"""What goes into an evidence package, each item once a duty, with its place in the package."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

from django.core.files.storage import default_storage
from django.utils import timezone

from reports import figures
from reports.exports.lists.lists import AT_ONCE
from reports.exports.workbook.details import EVIDENCE_ORDER
from wenshang_disclosure.files.choices import WITHHELD, ScanState

from .names import LONGEST, Folder, clean, extension_of, shortened

LONGEST_REQUIREMENT, LONGEST_UNIT = 24, 30  # characters in the name of a folder
GONE = ".缺失"
MISSING = "文件缺失"
WITHHELD_IN_WORDS = {ScanState.WAITING: "等待病毒扫描，未收入", ScanState.INFECTED: "发现病毒，未收入"}

DUTY = "assignment__"
FIELDS = (
    f"{DUTY}pk",
    f"{DUTY}task__number",
    f"{DUTY}task__requirement",
    f"{DUTY}unit__name",
    f"{DUTY}unit__short_name",
    "submitted_at_then",
    "state_then",
    "evidence__kind",
    "evidence__title",
    "evidence__dated_on",
    "evidence__url",
    "evidence__file_name",
    "evidence__stored",
    "evidence__stored__path",
    "evidence__stored__size",
    "evidence__stored__sha256",
    "evidence__stored__scan",
)


@dataclass(slots=True)
class Item:
    """One item of evidence; `path` is its place in the package, empty for links and for what is not in it."""

    duty: int
    number: int
    requirement: str
    unit: str
    unit_label: str
    reported_at: datetime
    state: str
    kind: str
    title: str
    dated_on: date | None
    url: str
    file_name: str
    stored: int | None
    stored_path: str | None
    size: int | None
    sha256: str | None
    scan: str | None
    path: str = ""

    @property
    def is_withheld(self):
        """Whether its file is given to nobody, for the virus scanner's sake."""
        return self.scan in WITHHELD

    @property
    def is_missing(self):
        """Whether its file is not there, or is not the one that was uploaded."""
        return self.stored is not None and not self.path and not self.is_withheld

    @property
    def place(self):
        """Where its file is in the package, or why it is not."""
        if self.is_withheld:
            return WITHHELD_IN_WORDS[self.scan]
        return MISSING if self.is_missing else self.path


def evidence_of(duties, as_of):
    """Return the evidence that stood submitted on `duties` on the evening of `as_of`, one row an item.

    It is an archive and no figure: what a suspended duty had is in it.
    """
    return figures.evidence(figures.submitted_on(duties, as_of))


def listed(evidence, plan):
    """Return the items by task and unit, then by time, with their places; files are looked for on disk.

    An answer begins with the files of what it answers: those come once, as the latest report that shows them has them.
    """
    last = plan.tasks.order_by("-number").values_list("number", flat=True).first() or 0
    digits = max(2, len(str(last)))
    found = []
    for _, of_task in groupby(_rows(evidence), key=lambda item: item.number):
        folder = None
        for _, of_duty in groupby(of_task, key=lambda item: item.duty):
            items = figures.each_once(of_duty, attrgetter("stored", "url", "title"))
            folder = folder or Folder(f"{_task_name(items[0], digits)}/")
            _place(items, folder)
            found += items
    return found


def _rows(evidence):
    rows = evidence.order_by(f"{DUTY}task__number", f"{DUTY}unit__order", f"{DUTY}unit", *EVIDENCE_ORDER)
    return (Item(*row) for row in rows.values_list(*FIELDS).iterator(chunk_size=AT_ONCE))


def _task_name(item, digits):
    short = shortened(clean(item.requirement), LONGEST_REQUIREMENT).rstrip("。；，、：… .")
    return f"第{item.number:0{digits}}项_{short}" if short else f"第{item.number:0{digits}}项"


def _place(items, folder):
    """Give the files of one duty their paths."""
    first = items[0]
    name = shortened(clean(first.unit_label or first.unit), LONGEST_UNIT)
    inner = Folder(f"{folder.take(name)}/")
    for item in items:
        item.requirement = first.requirement  # one text for all of them: there may be thousands
        if item.stored and not item.is_withheld and _is_there(item):
            item.path = inner.take(*_name_of(item), longest=LONGEST - len(GONE))


def _name_of(item):
    extension = extension_of(item.file_name)
    title = item.title
    if extension and title.lower().endswith(extension.lower()):
        title = title[: -len(extension)]
    day = item.dated_on or timezone.localdate(item.reported_at)
    return f"{day.isoformat()}_{clean(title)}", extension


def _is_there(item):
    try:
        return default_storage.size(item.stored_path) == item.size
    except OSError:
        return False
