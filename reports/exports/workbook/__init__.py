"""Annual workbook (年度汇总.xlsx), and each of its sheets as a file of its own."""

from functools import partial

from django.db.models import TextChoices

from reports import figures
from reports.exports import ledger
from reports.exports.lists.lists import heading
from tasks.choices import Light
from wenshang_disclosure.core.office.xlsx import NO_ROWS, Book, write_list
from wenshang_disclosure.core.web.errors import may

from . import details, overview, units


class SheetName(TextChoices):
    """The sheets, in the order of the workbook."""

    OVERVIEW = "overview", "总览"
    LEDGER = "ledger", "任务台账"
    UNITS = "units", "单位汇总"
    OVERDUE = "overdue", "逾期清单"
    DUTIES = "duties", "承办事项"
    REPORTS = "reports", "报送明细"
    EVIDENCE = "evidence", "佐证清单"


WIDTHS = {SheetName.LEDGER: len(ledger.COLUMNS), SheetName.UNITS: len(units.COLUMNS)}
LINKED_LAST = [
    *(SheetName.LEDGER, SheetName.OVERDUE, SheetName.DUTIES, SheetName.REPORTS, SheetName.EVIDENCE),
    *(SheetName.UNITS, SheetName.OVERVIEW),
]
"""The order of writing: lists before the figures that link to their rows."""


def write(scope, shown, ever, names=tuple(SheetName)):
    """Write the sheets of those names; return an open file.

    `shown` are the duties of the scope that counted on that evening; `ever` adds those that did not count, such as
    released ones, whose reports are listed all the same.
    """
    with Book() as book:
        pages = _Pages(book, scope, shown, ever, names)
        for name in LINKED_LAST:
            if name in names:
                pages.write(name)
        return book.finished()


def lists(scope, shown, ever, names):
    """Return the rows of the long sheets among those of these names, to be counted."""
    reports = figures.of_duties(figures.submitted(scope), ever)
    rows = {SheetName.DUTIES: shown, SheetName.REPORTS: reports, SheetName.EVIDENCE: figures.evidence(reports)}
    return [rows[name] for name in names if name in rows]


class Places:
    """Positions of the rows behind each figure: for each key the first and last row and their number."""

    def __init__(self):
        self.found, self.sheets = {}, {}

    def begin(self, name, sheet, columns):
        """Set the sheet of a list and its number of columns."""
        self.sheets[name] = (sheet, columns)

    def note(self, name, row, *keys):
        """Record that `row` of a list belongs to each of `keys`."""
        for key in keys:
            place = self.found.setdefault((name, key), [row, row, 0])
            place[1] = row
            place[2] += 1

    def noted(self, name, first, rows):
        """Yield the values of `(keys, values)` rows, recording the position of each."""
        for row, (keys, values) in enumerate(rows, start=first):
            self.note(name, row, *keys)
            yield values

    def of(self, name, key):
        """Return the address of a key's rows if they are contiguous, else of the first; `None` without rows."""
        if (name, key) not in self.found:
            return None
        first, last, count = self.found[name, key]
        sheet, columns = self.sheets[name]
        return sheet.place(first, last if last - first + 1 == count else first, columns)


class _Pages:
    """Data shared by the sheets: the figures, computed once, and the positions of rows."""

    def __init__(self, book, scope, shown, ever, names):
        self.scope, self.shown, self.places = scope, shown, Places()
        self.sheets = {name: book.sheet(name.label) for name in names}
        for name, sheet in self.sheets.items():
            width = WIDTHS.get(name) or len(details.COLUMNS.get(name, overview.COLUMNS))
            self.places.begin(name.value, sheet, width)
        self.reports = figures.of_duties(figures.submitted(scope), ever)
        if {SheetName.OVERVIEW, SheetName.UNITS} & set(names):
            self.rows = figures.counted(shown)
            self.ranked = may(scope.user, "reports.see_current_ranks")
            self.groups = figures.by_group(shown, figures.by_unit(self.rows, ranked=self.ranked))

    def write(self, name):
        """Write one sheet."""
        sheet, scope = self.sheets[name], self.scope
        if name == SheetName.OVERVIEW:
            summary = overview.Summary(scope, self.shown, self.groups, self.rows, self.reports)
            overview.write(sheet, scope, summary, self.places, ranked=self.ranked)
        elif name == SheetName.UNITS:
            units.write(sheet, scope, self.groups, self.reports, self.places, ranked=self.ranked)
        elif name == SheetName.LEDGER:
            self._ledger(sheet)
        else:
            self._list(sheet, name)

    def _ledger(self, sheet):
        """Write the rows of the filtered duties, or all rows without a filter."""
        scope = self.scope
        notes = list(ledger.notes(scope))
        if scope.note:
            notes.append(f"筛选条件：{scope.note}")
        parts = ledger.parts(scope, self.shown if scope.note else None)
        record = partial(self.places.note, SheetName.LEDGER.value)
        ledger.write_table(sheet, scope.plan.title, notes, parts, record=record, nothing=NO_ROWS)

    def _list(self, sheet, name):
        rows = {
            SheetName.OVERDUE: lambda: details.overdue(self.shown.filter(light=Light.OVERDUE), self.scope),
            SheetName.DUTIES: lambda: details.duties(self.shown, self.scope),
            SheetName.REPORTS: lambda: details.reports(self.reports, self.scope.user),
            SheetName.EVIDENCE: lambda: details.evidence(self.reports),
        }[name]()
        columns = details.COLUMNS[name.value]
        noted = lambda first: self.places.noted(name.value, first, rows)  # noqa: E731
        write_list(sheet, name.label, heading(self.scope), columns, noted, nothing=NO_ROWS)
