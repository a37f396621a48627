"""Tables after layouts of counties: each cell is read right, or a question names it; none is wrong in silence."""

import pytest

from tasks.imports.meaning.understanding import understand
from tasks.imports.reading.files import read
from tasks.management.commands.import_plan import as_json

from .counties import LAYOUTS, YEAR, names
from .makers import csv_file, docx_file, xlsx_file
from .odd_counties import ODD
from .registers import county_register

REGISTER = county_register()
RECURRING = {"weekly", "monthly", "quarterly", "half_yearly"}


def written(case, folder):
    path = folder / f"a.{case.ending}"
    if case.ending == "docx":
        docx_file(path, case.rows, *case.more, before=case.before, after=case.after)
    elif case.ending == "xlsx":
        xlsx_file(path, case.rows, *case.more)
    else:
        csv_file(path, case.rows)
    if case.change:
        case.change(path)
    return path


def is_right(name, truth, task):
    requirement, lead, responsible, when = truth
    if name == "requirement":
        return "".join(task["requirement"].split()) == requirement
    if name in ("lead", "responsible"):
        return sorted(task[name]) == sorted(names(lead if name == "lead" else responsible))
    if when == "recurring":
        return not task["due_on"] and task["recurrence"] in RECURRING
    if when == "ongoing":
        return not task["due_on"] and task["recurrence"] == "ongoing"
    return (task["due_on"] or "") == when and (when or not task["recurrence"])


def paired(truth, tasks):
    """Pair rows of truth with rows that were read, in order, by their requirements."""
    left = list(enumerate(tasks))
    for row in truth:
        at = next((i for i, (_, task) in enumerate(left) if row[0][:8] in "".join(task["requirement"].split())), None)
        yield row, left.pop(at) if at is not None else None


def told(case, found):
    """Return the cells that are neither read right nor asked about, how many are asked about, and rows too many."""
    asked = {tuple(cell) for question in found["questions"] for cell in question["cells"]}
    left_out = ["".join(row["text"].split()) for row in found["left_out"]]
    silent, questions = [], 0
    for truth, pair in paired(case.truth, found["tasks"]):
        for name in ("requirement", "lead", "responsible", "deadline"):
            if pair is None:
                is_asked = any(truth[0][:8] in text for text in left_out) or {(None, None), (None, name)} & asked
            elif is_right(name, truth, pair[1]):
                continue
            else:
                is_asked = {(pair[0], name), (pair[0], None), (None, name), (None, None)} & asked
            questions += bool(is_asked)
            if not is_asked:
                silent.append((truth[0][:10], name, pair and pair[1][name]))
    return silent, questions, max(0, len(found["tasks"]) - len(case.truth))


@pytest.mark.parametrize("case", [*LAYOUTS, *ODD], ids=lambda case: case.name)
def test_every_cell_is_read_right_or_asked_about(case, tmp_path):
    found = as_json(understand(read(written(case, tmp_path)), YEAR, REGISTER))

    silent, asked, too_many = told(case, found)

    assert (silent, too_many) == ([], 0)
    assert case.asks < 0 or asked <= case.asks
