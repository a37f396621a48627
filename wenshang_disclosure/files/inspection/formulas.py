"""Formulas of tables and fields of texts: those that start a program or read from elsewhere."""

import re

from wenshang_disclosure.core.web.errors import Refused

from . import targets
from .kinds import WITH_LINKS

DDE = "“{name}”含有会启动程序的域或公式（DDE），不能上传。请去掉后重新上传。"
FROM_NETWORK = "“{name}”含有会访问网络的公式（{what}），不能上传。请改为固定的内容后重新上传。"
OUTSIDE = "“{name}”打开时会读取外部文件（{target}），不能上传。请断开链接、把内容嵌入后重新上传。"
RUNS = "“{name}”中的链接（{target}）会启动程序，不能上传。请去掉后重新上传。"
QUOTED = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*')""")
PROGRAM_AND_SUBJECT = re.compile(r"[\w.'\\:)]\s*\|[^|]*!", re.ASCII | re.DOTALL)  # DDE: program|subject!item
CALLS = re.compile(r"(?<![\w.])(?:_xl\w+\.)*(RTD|DDE|CALL|REGISTER(?:\.ID)?|EXEC|INITIATE)\s*\(", re.IGNORECASE)
READS = re.compile(r"(?<![\w.])(?:_xl\w+\.)*(WEBSERVICE|IMAGE)\s*\(", re.IGNORECASE)
WORD_OR_QUOTED = re.compile(r'"([^"]*)"?|([^\s"]+)')
NUMBER = re.compile(r"0x[0-9a-f]{1,5}|[1-9][0-9]{0,5}", re.IGNORECASE)
READING = {"INCLUDEPICTURE", "INCLUDETEXT", "INCLUDE", "IMPORT", "LINK", "RD", "DATABASE"}
UNKNOWN = "\ufffc"
"""What stands in a field for the result of another field in it."""
MAX_TARGET_CHARACTERS = 100


def refuse_formula(formula, name):
    """Raise `Refused` for a formula such as `cmd|'/c calc'!A0` or `WEBSERVICE("https://…")`."""
    bare = QUOTED.sub("''", formula)
    if PROGRAM_AND_SUBJECT.search(bare) or CALLS.search(bare):
        raise Refused(DDE.format(name=name))
    if found := READS.search(bare):
        raise Refused(FROM_NETWORK.format(name=name, what=found[1].upper()))


def marks_of_field(instruction, name):
    """Return the marks of a field of Word. Raises `Refused` for one that starts a program or reads from the network."""
    words = [quoted or word for quoted, word in WORD_OR_QUOTED.findall(instruction)]
    kind, rest = (words[0].upper(), words[1:]) if words else ("", [])
    if kind in {"DDE", "DDEAUTO"}:
        raise Refused(DDE.format(name=name))
    if kind == "HYPERLINK":
        return marks_of_hyperlink(next((word for word in rest if not _is_switch(word)), ""), name)
    if kind in READING:
        return marks_of_reading([word.replace("\\\\", "\\") for word in rest if not _is_switch(word)], name)
    return ()


def _is_switch(word):
    return len(word) == 2 and word.startswith("\\")


def marks_of_reading(places, name):
    """Return the mark of reading from one of `places`. Raises `Refused` if one is on the network, or not known."""
    for place in places or [UNKNOWN]:
        if UNKNOWN in place or targets.is_on_network(place):
            raise Refused(OUTSIDE.format(name=name, target=_shown(place)))
    return () if all(map(targets.is_nothing, places)) else (WITH_LINKS,)


def marks_of_hyperlink(target, name):
    """Return the marks of a link to click on. Raises `Refused` if it starts a program."""
    if targets.runs(target):
        raise Refused(RUNS.format(name=name, target=_shown(target)))
    return (WITH_LINKS,) if targets.needs_care(target) else ()


def _shown(target):
    return target.replace(UNKNOWN, "…").strip()[:MAX_TARGET_CHARACTERS]


class Fields:
    """The fields of a text, put together from the pieces in which Word keeps them; they may stand in each other."""

    def __init__(self, name):
        self._name, self._open, self.marks = name, [], []

    def begin(self):
        """A field begins."""
        self._open.append({"said": [], "is_over": False})

    def separate(self):
        """The instruction of the innermost field is over, its last result follows."""
        if self._open:
            self._open[-1]["is_over"] = True

    def end(self):
        """The innermost field ends."""
        if self._open:
            instruction = "".join(self._open.pop()["said"])
            self.take(instruction)
            self.say(_result(instruction))

    def say(self, text):
        """Add to the instruction of the innermost field that is not over; outside of fields a text is one by itself."""
        inside = next((field for field in reversed(self._open) if not field["is_over"]), None)
        if inside is not None:
            inside["said"].append(text)
        elif text.strip(UNKNOWN + " "):
            self.take(text)

    def take(self, instruction):
        """Judge a whole instruction. Raises `Refused`."""
        self.marks += marks_of_field(instruction, self._name)

    def close(self):
        """Judge the fields that do not end."""
        while self._open:
            self.end()


def _result(instruction):
    """Return what a field inside another stands for, as far as that is known without the document."""
    kind, _, rest = instruction.strip().partition(" ")
    if kind.upper() == "QUOTE":
        return "".join(quoted or _character(word) for quoted, word in WORD_OR_QUOTED.findall(rest))
    return "MERGEFIELD" if kind.upper() == "MERGEFIELD" else UNKNOWN


def _character(word):
    """Return the character that a number in a QUOTE field stands for, other words as they are."""
    return chr(int(word, 0) % 0x10000) if NUMBER.fullmatch(word) else word
