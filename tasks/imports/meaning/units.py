"""Reads a cell of units: which names it holds, in which role, and whether all of its words were understood.

A cell whose words are not all understood is asked about as a whole (design: The table).
"""

import re
from dataclasses import dataclass, field, replace

from tasks.imports.reading.source import compact

from .names import BOUND, INSIDE, is_known, mended
from .role_words import (
    AND,
    BARE_ROLE,
    DASHES,
    ENDS_BEFORE,
    HARD,
    HELP,
    KEPT,
    LABEL_ONLY,
    LABELS,
    LEAD,
    MANY_OF,
    MARKS,
    MAX_NAME_CHARS,
    NO_NAME,
    NUMBERED,
    ORGAN,
    PERSON,
    PLAIN,
    PREFIX,
    SEVERAL,
    SOFT,
    STARS,
    VERBS,
    WITH,
)


@dataclass
class Cell:
    """The names of a cell by role; `clear` is false where a person has to say what it means."""

    lead: list = field(default_factory=list)
    responsible: list = field(default_factory=list)
    clear: bool = True
    roles: bool = False  # the cell itself says who leads


def is_blank(text):
    """Return whether a cell of units or of a deadline holds nothing but dashes, or says 无."""
    return not text.strip() or bool(DASHES.match(text.strip()))


def is_one_name(text):
    """Return whether a text has the form of the name of one unit, or of a collective."""
    name = compact(text)
    if (
        not 2 <= len(name) <= MAX_NAME_CHARS
        or NO_NAME.search(name)
        or re.search("等(?:有关|相关)?(?:部门|单位|局)?$", name)
    ):
        return False
    inner = re.sub(r"（[^（）]*）|\([^()]*\)", "", name)
    if re.search(r"[/／\\|｜★☆]", inner):
        return False
    if "、" in inner and not re.search(
        r"部门、(?:各|有关|相关|直属)*单位|镇、(?:各)?街道|乡、镇|政府、.{0,2}街道办|镇街、", inner
    ):
        return False
    if re.search(rf"(?:{ENDS_BEFORE.pattern[:-1]})(?:和|与|及|以及)(?:县|市|区|各)", inner):
        return False
    if SEVERAL.search(inner):
        return False
    return bool(ORGAN.search(name) or MANY_OF.search(name))


def is_person(text):
    """Return whether a text may be a person's name."""
    return bool(PERSON.match(compact(text))) and not ORGAN.search(compact(text))


class Names:
    """The known names, found at the beginning of a text."""

    def __init__(self, names=()):
        self.all = {*names}
        self.read = {}  # cells that were read before
        longest = sorted((name for name in map(compact, self.all) if len(name) > 1), key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, longest))) if longest else None

    def __contains__(self, name):
        return name in self.all

    def has_any(self, text):
        """Return whether a text names a known unit anywhere."""
        return bool(self.pattern and self.pattern.search(text))

    def count(self, text):
        """Return how many known units a text names."""
        return len(self.pattern.findall(text)) if self.pattern else 0

    def at(self, text, position):
        """Return the longest known name at a position, "" for none."""
        found = self.pattern.match(text, position) if self.pattern else None
        return found[0] if found else ""


def read(text, known, role, *, first_leads=False, with_persons=False, led=False):
    """Return the `Cell` of a text in a column of `role` (`LEAD`, or any other for responsible units).

    `led` is true where another cell of the row names the lead.
    """
    if is_blank(text):
        return Cell()
    key = (text, role, first_leads, with_persons, led)
    if key not in known.read:
        known.read[key] = _Reading(text, known, role, with_persons, led).cell(first_leads)
    found = known.read[key]
    return replace(found, lead=[*found.lead], responsible=[*found.responsible])


class _Reading:
    def __init__(self, text, known, role, with_persons, led):
        self.known, self.role, self.with_persons, self.led = known, role, with_persons, led
        self.text = self._prepared(text)
        self.parts = []  # [names, role, who said it: "" nobody, "label", "verb", "mark"]
        self.pending, self.label, self.clear = [], None, True
        self.marked, self.waiting_star = {}, False
        self.after_with = False
        self.scan()

    def _prepared(self, text):
        text = re.sub(r"\n\s*(?=[（(](?:牵头|主办|配合|协办))", "", text)
        if BARE_ROLE.match(text):
            text = BARE_ROLE.sub(r"\1单位：", text)
        lines = mended(NUMBERED.sub("", text).split("\n"), self.known.__contains__)
        return "\n".join(self._without_blanks(line) for line in lines)

    def _without_blanks(self, line):
        pieces = re.split(r"([、，,；;。/]+)", line)
        return "".join(piece if index % 2 else self._piece(piece) for index, piece in enumerate(pieces))

    def _piece(self, piece):
        words = piece.split()
        if len(words) < 2 or is_known(piece, self.known.__contains__):
            return compact(piece)
        return ("、" if all(len(word) >= 3 or word in self.known for word in words) else "").join(words)

    # from the left to the right

    def scan(self):
        self.plain = self.text
        kept = INSIDE.sub(lambda found: self._bracket(found[0]), self.text)
        self.text = BOUND.sub(lambda found: _kept(found[0]), kept)
        position = 0
        while position < len(self.text):
            position = self._step(position)
        self._close()

    def _bracket(self, bracket):
        """Return a bracket of the same length: as it is if it begins with a label, as a clause if it says a role."""
        if any(pattern.match(bracket, 1) for _, pattern in LABELS) or LABEL_ONLY.match(bracket, 1):
            return bracket
        if any(role == PLAIN and pattern.fullmatch(bracket, 1, len(bracket) - 1) for role, pattern in VERBS):
            return f"，{bracket[1:-1]}，"
        is_mark = any(pattern.match(bracket) for _, pattern in MARKS)
        if not is_mark and any(role != PLAIN and pattern.search(bracket) for role, pattern in VERBS):
            return f"，{bracket[1:-1]}，"
        return _kept(bracket)

    def _step(self, at):
        """Read what stands at a position, and return where the next begins."""
        return self._roles(at) or self._separator(at) or self._verb(at) or self._name(at)

    def _roles(self, at):
        """Read a mark in brackets, or a label before names; 0 where there is none."""
        for role, pattern in MARKS:
            if found := pattern.match(self.text, at):
                self._mark(role)
                return found.end()
        found = self._label_at(at + 1 if self.text[at] in "（(" else at)
        if found is None:
            return 0
        self._close()
        self.label = found[0]
        return found[1]

    def _separator(self, at):
        """Read what stands between names; 0 where there is none."""
        if found := HARD.match(self.text, at):
            self._close()
            self.after_with = self.after_with and "，" in found[0]
            return found.end()
        if found := SOFT.match(self.text, at) or PREFIX.match(self.text, at):
            return found.end()
        if STARS.match(self.text, at):
            self.waiting_star = True
        elif self.text[at] in ":：":
            return self._person(at + 1)
        elif self.text[at] not in "）)":
            return 0
        return at + 1

    def _label_at(self, at):
        for role, pattern in LABELS:
            if found := pattern.match(self.text, at):
                return role, found.end()
        found = LABEL_ONLY.match(self.text, at)
        return (PLAIN, found.end()) if found else None

    def _verb(self, at):
        if not self.pending and not self.parts:
            return 0
        for role, pattern in VERBS:
            found = pattern.match(self.text, at)
            if found and found.end() > at:
                self._say(role)
                return found.end()
        return 0

    def _say(self, role):
        if role == WITH:
            self._put(LEAD, "verb")
            self.after_with = True
        elif self.pending:
            self._put(HELP if self.after_with and role == PLAIN else role, "verb")
            self.after_with = self.after_with and role != LEAD
        elif role != PLAIN and self.parts and (not self.parts[-1][2] or self.parts[-1][1] == PLAIN):
            self.parts[-1][1:] = [role, "verb"]
        elif role == LEAD and not (self.parts and self.parts[-1][1] == LEAD):
            self.clear = False

    def _mark(self, role):
        if not self.pending:
            self.clear = False
            return
        self.marked[self.pending[-1]] = role

    def _person(self, at):
        """Pass over the person after a unit (县财政局：张某某)."""
        found = re.compile(r"[^、，,；;。\n（(]+").match(self.text, at)
        if found and self.pending and is_person(found[0]) and found[0] not in self.known:
            return found.end()
        self.clear = False
        return at

    def _name(self, at):
        known = self._known_at(at)
        if known:
            self._add(known)
            return at + len(known)
        end = self._end_of_unknown(at)
        self._unknown(self.plain[at:end])
        return max(end, at + 1)

    def _known_at(self, at):
        name = self.known.at(self.plain, at)
        return name if name and self._is_bound(at + len(name)) else ""

    def _is_bound(self, at):
        """Return whether a name may end at a position."""
        text = self.text
        if at >= len(text) or HARD.match(text, at) or SOFT.match(text, at) or text[at] in "）):：★☆▲※":
            return True
        if any(pattern.match(text, at) for _, pattern in (*MARKS, *VERBS)) or self._label_at(at):
            return True
        if text[at] in "（(":
            return bool(self._label_at(at + 1))
        joined = AND.match(text, at)
        after = joined.end() if joined else at
        return bool(self._known_at(after)) or bool(joined and self._reads_as_name(after))

    def _reads_as_name(self, at):
        return is_one_name(self.plain[at : self._end_of_unknown(at)])

    def _end_of_unknown(self, at):
        text, position = self.text, at
        while position < len(text):
            character = text[position]
            if HARD.match(text, position) or SOFT.match(text, position) or character in "：:）)★☆▲※":
                break
            if character in "（(":
                if any(pattern.match(text, position) for _, pattern in MARKS) or self._label_at(position + 1):
                    break
                closing = re.compile(r"[^（()）]*[)）]").match(text, position + 1)
                position = closing.end() if closing else position + 1
                continue
            if position > at and self._ends_here(at, position):
                break
            position += 1
        return position

    def _ends_here(self, at, position):
        """Return whether an unknown name ends before a verb of a role, or before another name."""
        text, so_far = self.text, self.plain[at:position]
        for role, pattern in VERBS:
            found = pattern.match(text, position)
            if found and found.end() > position and (role != PLAIN or self._is_bound_plain(found.end())):
                return True
        if not ORGAN.search(so_far) or not is_one_name(so_far):
            return False
        joined = AND.match(text, position)
        if joined and ENDS_BEFORE.search(so_far):
            return bool(self._known_at(joined.end())) or self._reads_as_name(joined.end())
        return bool(ENDS_BEFORE.search(so_far) and self._known_at(position))

    def _is_bound_plain(self, at):
        return at >= len(self.text) or bool(HARD.match(self.text, at) or self.text[at] in "）)")

    def _unknown(self, name):
        joined = AND.match(name)
        if joined and self.pending:
            name = name[joined.end() :]
            if name in self.known:
                self._add(name)
                return
        if not name:
            return
        if self.with_persons and is_person(name) and (self.pending or self.parts):
            return
        if name not in self.known and (not is_one_name(name) or self.known.count(name) > 1):
            self.clear = False
        self._add(name)

    def _add(self, name):
        if self.waiting_star:
            self.marked[name] = "star"
            self.waiting_star = False
        self.pending.append(name)

    def _put(self, role, said_by):
        if self.pending:
            self.parts.append([self.pending, role, said_by])
            self.pending = []

    def _close(self):
        if self.label and self.label != PLAIN:
            self._put(self.label, "label")
        elif self.after_with:
            self._put(HELP, "verb")
        else:
            self._put(None, "")

    # all of it together

    def cell(self, first_leads):
        """Return the `Cell` with its names by role."""
        self._settle_marks()
        said = {part[1] for part in self.parts if part[2]}
        cell = Cell(clear=self.clear, roles=bool(said & {LEAD, HELP}))
        if LEAD not in said and HELP not in said:
            names = _once(name for part in self.parts for name in part[0])
            return self._default(cell, names, first_leads)
        self._settle_rest(cell, said)
        for names, role, _ in self.parts:
            (cell.lead if role == LEAD else cell.responsible).extend(names)
        cell.lead, cell.responsible = _once(cell.lead), _once(n for n in cell.responsible if n not in cell.lead)
        return cell

    def _default(self, cell, names, first_leads):
        if self.role == LEAD:
            cell.lead = names
        elif first_leads:
            cell.lead, cell.responsible = names[:1], names[1:]
        else:
            cell.responsible = names
        return cell

    def _settle_marks(self):
        """Move names with a mark of their own into parts of their own."""
        stars = [name for name, mark in self.marked.items() if mark == "star"]
        if stars:
            self.clear = self.clear and len(stars) == 1 and self.role != LEAD
        parts = []
        for names, role, said_by in self.parts:
            rest = [name for name in names if name not in self.marked]
            for mark in (LEAD, HELP):
                of_mark = [n for n in names if self.marked.get(n) == mark or (mark == LEAD and n in stars)]
                if of_mark:
                    parts.append([of_mark, mark, "mark"])
            if rest:
                parts.append([rest, role, said_by])
        self.parts = parts
        if self.marked and self.role == LEAD and any(not said_by for _, _, said_by in parts):
            self.clear = False

    def _settle_rest(self, cell, said):
        """Give names without a word of their own a role: who stands after the lead, or before the help, is clear."""
        first_lead = next((i for i, part in enumerate(self.parts) if part[1] == LEAD), None)
        marks = any(said_by == "mark" for _, _, said_by in self.parts)
        silent = [i for i, part in enumerate(self.parts) if not part[2]]
        for index in silent:
            part = self.parts[index]
            if first_lead is not None and (index > first_lead or marks):
                part[1] = HELP
            elif first_lead is not None:
                part[1], cell.clear = HELP, False
            else:  # only the help is named: the others lead
                part[1] = LEAD
                cell.clear = cell.clear and len(silent) == 1 and index == 0 and not self.led
        for part in self.parts:
            if part[1] == PLAIN:
                part[1] = HELP
                cell.clear = cell.clear and LEAD in said


def _kept(text):
    """Return a text with its separators replaced by characters of the same number that separate nothing."""
    return text.translate(KEPT)


def _once(names):
    return list(dict.fromkeys(names))
