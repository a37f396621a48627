"""Items of an evidence package, each once per duty, with their paths."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

from django.core.files.storage import default_storage
from django.utils import timezone

from reports import figures
from reports.exports.lists.lists import BATCH_ROWS
from reports.exports.workbook.details import EVIDENCE_ORDER
from wenshang_disclosure.files.choices import WITHHELD, ScanState

from .names import MAX_PATH_UNITS, Folder, clean, extension_of, shortened

MAX_REQUIREMENT_CHARACTERS, MAX_UNIT_CHARACTERS = 24, 30  # in folder names
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
    "submitted_at",
    "state",
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
    """An item of evidence; `path` is its path in the package, "" for links and files that are left out."""

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
        """Whether its file is withheld because of the virus scan."""
        return self.scan in WITHHELD

    @property
    def is_missing(self):
        """Whether its file is missing or has changed."""
        return self.stored is not None and not self.path and not self.is_withheld

    @property
    def place(self):
        """The path of its file, or the reason why it is left out."""
        if self.is_withheld:
            return WITHHELD_IN_WORDS[self.scan]
        return MISSING if self.is_missing else self.path


def evidence_of(duties, as_of):
    """Return the evidence submitted on `duties` by the end of `as_of`, one row per item.

    Unlike figures, the package includes evidence of suspended duties.
    """
    return figures.evidence(figures.submitted_on(duties, as_of))


def listed(evidence, plan):
    """Return the items sorted by task, unit and time, with their paths; the files are checked in the storage.

    A revised report starts with the files of the returned report; each is listed once, with the last report.
    """
    last = plan.tasks.order_by("-number").values_list("number", flat=True).first() or 0
    digits = max(2, len(str(last)))
    found = []
    for _, of_task in groupby(_rows(evidence), key=lambda item: item.number):
        folder = None
        for _, of_duty in groupby(of_task, key=lambda item: item.duty):
            items = figures.distinct_items(of_duty, attrgetter("stored", "url", "title"))
            folder = folder or Folder(f"{_task_name(items[0], digits)}/")
            _place(items, folder)
            found += items
    return found


def _rows(evidence):
    rows = evidence.order_by(f"{DUTY}task__number", f"{DUTY}unit__order", f"{DUTY}unit", *EVIDENCE_ORDER)
    return (Item(*row) for row in rows.values_list(*FIELDS).iterator(chunk_size=BATCH_ROWS))


def _task_name(item, digits):
    short = shortened(clean(item.requirement), MAX_REQUIREMENT_CHARACTERS).rstrip("。；，、：… .")
    return f"第{item.number:0{digits}}项_{short}" if short else f"第{item.number:0{digits}}项"


def _place(items, folder):
    """Set the paths of the files of one duty."""
    first = items[0]
    name = shortened(clean(first.unit_label or first.unit), MAX_UNIT_CHARACTERS)
    inner = Folder(f"{folder.take(name)}/")
    for item in items:
        item.requirement = first.requirement  # a shared string: there may be thousands of items
        if item.stored and not item.is_withheld and _is_there(item):
            item.path = inner.take(*_name_of(item), max_units=MAX_PATH_UNITS - len(GONE))


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
