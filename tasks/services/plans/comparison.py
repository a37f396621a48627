"""Compares the plans of two years: rows kept, added and dropped, and what changed in those kept."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from tasks.choices import DutyRole
from tasks.models import Task

KEPT, CHANGED, NEW, GONE = "kept", "changed", "new", "gone"
KINDS = {CHANGED: "有变化", NEW: "新增", GONE: "取消", KEPT: "不变"}
MIN_LIKENESS = 0.6
MAX_PAIRS = 40_000  # beyond this, only rows of the same section are compared
_LEFT_OUT = re.compile(r"20\d{2}年?|[\s，。；、：“”‘’（）《》,.;:()\-—]+")


@dataclass
class Pair:
    """A row of the older plan, its match in the newer one (`None` where there is none), and what changed."""

    old: Task | None
    new: Task | None
    changes: list[str] = field(default_factory=list)

    @property
    def rows(self):
        """Return the rows that there are, the older one first."""
        return [task for task in (self.old, self.new) if task]

    @property
    def kind(self):
        """Return whether the row is changed, new, dropped or unchanged."""
        if self.old is None or self.new is None:
            return NEW if self.old is None else GONE
        return CHANGED if self.changes else KEPT

    def words(self):
        """Return the older and the newer requirement as lists of `(text, whether it differs)`."""
        if self.old is None or self.new is None or self.old.requirement == self.new.requirement:
            return [[(task.requirement, False)] if task else [] for task in (self.old, self.new)]
        old, new = self.old.requirement, self.new.requirement
        steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        return [
            [(old[a:b], tag != "equal") for tag, a, b, _, _ in steps if a != b],
            [(new[c:d], tag != "equal") for tag, _, _, c, d in steps if c != d],
        ]


def compare(old_plan, new_plan):
    """Return the `Pair`s of two plans: in the order of the newer one, then the dropped rows in the order of the
    older.
    """
    old = list(old_plan.tasks.standing().with_designations().order_by("number"))
    new = list(new_plan.tasks.standing().with_designations().order_by("number"))
    fellows = _matched(old, new)
    pairs = [Pair(fellows.get(task.pk), task) for task in new]
    for pair in pairs:
        if pair.old is not None:
            pair.changes = _changes(pair.old, pair.new)
    found = {fellow.pk for fellow in fellows.values()}
    return pairs + [Pair(task, None) for task in old if task.pk not in found]


def plain(text):
    """Return the text for comparison: without years, blanks and punctuation."""
    return _LEFT_OUT.sub("", text)


def _matched(old, new):
    """Return `{id of the newer row: older row}`: identical texts first, then similar ones, first within a section."""
    fellows, left = {}, defaultdict(list)
    for task in old:
        left[plain(task.requirement)].append(task)
    open_new = []
    for task in new:
        same = left[plain(task.requirement)]
        if same:
            fellows[task.pk] = same.pop(0)
        else:
            open_new.append(task)
    open_old = [task for tasks in left.values() for task in tasks]
    sections = defaultdict(list)
    for task in open_old:
        sections[_heading(task)].append(task)
    for heading in dict.fromkeys(_heading(task) for task in open_new):
        _take_likest(sections[heading], [task for task in open_new if _heading(task) == heading], fellows)
    open_new = [task for task in open_new if task.pk not in fellows]
    taken = {fellow.pk for fellow in fellows.values()}
    _take_likest([task for task in open_old if task.pk not in taken], open_new, fellows)
    return fellows


def _heading(task):
    return plain(task.section.heading)


def _take_likest(old, new, fellows):
    if len(old) * len(new) > MAX_PAIRS:
        return
    pairs = []
    for task in new:
        matcher = SequenceMatcher(None, autojunk=False)
        matcher.set_seq2(plain(task.requirement))
        for other in old:
            matcher.set_seq1(plain(other.requirement))
            ratios = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)  # the cheapest upper bound first
            if all(ratio() >= MIN_LIKENESS for ratio in ratios):
                pairs.append((-matcher.ratio(), task.number, other.number, task, other))
    taken = set()
    for _, _, _, task, other in sorted(pairs, key=lambda pair: pair[:3]):
        if task.pk not in fellows and other.pk not in taken:
            fellows[task.pk] = other
            taken.add(other.pk)


def _changes(old, new):
    """Return the names of what differs between two rows; years moved along with the plan are ignored."""
    fields = {
        "具体要求": (plain(old.requirement), plain(new.requirement)),
        "工作任务": (_heading(old), _heading(new)),
        "牵头部门": (_names(old, DutyRole.LEAD), _names(new, DutyRole.LEAD)),
        "责任单位": (_names(old, DutyRole.RESPONSIBLE), _names(new, DutyRole.RESPONSIBLE)),
        "完成时限": (_deadline(old), _deadline(new)),
        "目标数量": (old.target_count, new.target_count),
    }
    return [name for name, (before, after) in fields.items() if before != after]


def _names(task, role):
    return [entry.text for entry in task.designated(role)]


def _deadline(task):
    day = task.due_on and (task.due_on.year - task.plan.year, task.due_on.month, task.due_on.day)
    return day, task.recurrence, task.recurrence_day
