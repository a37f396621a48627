"""The questions that a file leaves open: each names the cells that it is about, and keeps its answer changeable."""

from collections import defaultdict

from . import units
from .columns import ALL, DEADLINE, FIELDS, LEAD, RESPONSIBLE
from .names import looks_collective, proposed_kind, proposed_kinds
from .proposal import Question
from .raw import READ, SKIP

MAX_PLACES_SHOWN = 5
NO_DEADLINE = "（空白）"
SAME, NONE = "above", "none"
BLANK_DEADLINE = [
    (NONE, "没有时限"),
    ("ongoing", "长期坚持"),
    ("monthly", "每月"),
    ("quarterly", "每季度"),
    ("half_yearly", "每半年"),
]
UNITS = (LEAD, RESPONSIBLE)


class Questions:
    """Collects the questions of a proposal, those about columns and rows before those about cells."""

    def __init__(self, of, rows, repeated):
        """`of` is what was understood of the file, `rows` the rows that are taken, `repeated` numbers that recur."""
        self.of, self.rows, self.repeated = of, rows, repeated
        self.table, self.answers, self.choices = of.table, of.answers, of.choices
        self.questions, self.answered = [], []
        self.by_name, self.by_cell, self.by_deadline = defaultdict(list), defaultdict(list), defaultdict(list)
        for row in rows:
            for name in dict.fromkeys([*row.lead, *row.responsible]):
                self.by_name[name].append(row)
            for key in dict.fromkeys(row.units_keys):
                self.by_cell[key].append(row)
            self.by_deadline[row.deadline_key].append(row)
        self.doubtful = {}  # grid index → the fields of columns that are in doubt

    def ask(self):
        """Ask everything, in the order in which it is best answered."""
        self._columns()
        self._left_out()
        self._lost()
        self._marked()
        self._numbers()
        self._values()
        self._missing()
        self._blanks()
        self._cells()
        self._names()
        self._deadlines()

    def _put(self, question, *, is_answered):
        (self.answered if is_answered else self.questions).append(question)

    def _choose(self, question):
        """Ask a question whose answer is one of the choices of the import."""
        self._put(question, is_answered=bool(self.choices.get(question.id)))

    # what is read at all

    def _columns(self):
        if not self.table.rows and not self.table.headers:
            for index in self.table.unknown:
                text = f"{self.of.source.grids[index].name}：哪一列是具体要求，哪一列是牵头部门、责任单位和完成时限？"
                self.questions.append(Question("columns", str(index), text, cells=[(None, None)]))
        elif not self.table.rows:
            at = str(self.table.headers[0][0])
            self.questions.append(
                Question("columns", at, "表头下没有任务行，请核对表头所在的行。", cells=[(None, None)])
            )
        for index, doubts in self.table.doubts.items():
            cells = []
            for fields, _ in doubts:
                of_grid = [row.key for row in self.rows if row.key.startswith(f"{index}:")]
                if fields is None:
                    cells += [(key, None) for key in of_grid]
                else:
                    cells += [(None, None if name == ALL else name) for name in fields]
                is_whole = fields is None or ALL in fields
                self.doubtful.setdefault(index, set()).update(FIELDS if is_whole else fields)
            name = self.of.source.grids[index].name
            text = f"{name}：" + " ".join(sentence for _, sentence in doubts)
            self.questions.append(Question("columns", str(index), text, cells=cells))

    def _left_out(self):
        for left in self.table.left_out:
            choice = self.choices.get(f"{left.kind}:{left.key}")
            used = choice and choice != SKIP
            question = Question(left.kind, left.key, left.text, left.where, cells=left.cells, options=left.options)
            question.left_out = [] if used else left.texts
            self._choose(question)

    def _lost(self):
        for number, sentence in enumerate(self.of.source.lost):
            self._choose(Question("lost", str(number), sentence, options=[(SKIP, "不需要")]))

    def _marked(self):
        marked = self.of.marked
        if not marked:
            return
        fields = {index: header.fields for index, header in self.table.headers}
        cells = [
            (f"{index}:{number}", fields[index][column])
            for index, number, column, _ in marked
            if index in fields and column < len(fields[index]) and fields[index][column] in FIELDS
        ]
        said = "”“".join(dict.fromkeys(text.strip()[:20] for _, _, _, text in marked[:MAX_PLACES_SHOWN]))
        text = f"有{len(marked)}处文字带删除线或者是隐藏的（“{said}”），没有读取，要不要读取？"
        where = [self.of.source.grids[index].name + f"第{number}行" for index, number, _, _ in marked]
        options = [(SKIP, "不读取"), (READ, "一并读取")]
        self._choose(Question("marked", "text", text, where, cells=cells, options=options))

    def _numbers(self):
        for number, places in self.repeated:
            text = f"序号{number}出现了{len(places)}次：{'、'.join(places[:MAX_PLACES_SHOWN])}。是否按顺序重新编号？"
            self.questions.append(Question("number", str(number), text, places))

    # what stands in a cell

    def _raw(self, row):
        return self.of.raws.get(row.key)

    def _values(self):
        for row in self.rows:
            raw = self._raw(row)
            for name, sentence in raw.doubts if raw else ():
                text = f"{row.where}“{FIELDS[name]}”：{sentence}，请写明。"
                question = Question("value", f"{row.key}:{name}", text, [row.where], cells=[(row.key, name)])
                question.whole = getattr(raw, name)
                self._put(question, is_answered=name in self.of.said(row.key))

    def _missing(self):
        for row in self.rows:
            if not row.requirement:
                raw = self._raw(row)
                cells = [(row.key, None), *([(raw.above, None)] if raw and raw.above else [])]
                left = [raw.text] if raw else []
                text = f"{row.where}没有写具体要求。"
                self.questions.append(Question("requirement", row.key, text, [row.where], cells=cells, left_out=left))
            if not row.lead and not row.responsible and not row.units_keys:
                text = f"{row.where}没有写牵头部门和责任单位。"
                cells = [(row.key, LEAD), (row.key, RESPONSIBLE)]
                self.questions.append(Question("holder", row.key, text, [row.where], cells=cells))

    def _blanks(self):
        for row in self.rows:
            raw = self._raw(row)
            for name in raw.blank if raw else ():
                if name == DEADLINE and self._is_value(raw, name):
                    continue
                self._blank(row, raw, name)

    def _is_value(self, raw, name):
        return any(of == name for of, _ in raw.doubts)

    def _blank(self, row, raw, name):
        above = self.of.raws.get(raw.above)
        same = [(SAME, "同上一行")] if above is not None else []
        options = [*same, *(BLANK_DEADLINE if name == DEADLINE else [(NONE, f"没有{FIELDS[name]}")])]
        text = f"{row.where}{FIELDS[name]}一格空白。"
        question = Question("blank", f"{row.key}:{name}", text, [row.where], cells=[(row.key, name)], options=options)
        question.whole = row.requirement
        self._put(question, is_answered=bool(self.choices.get(question.id)) or name in self.of.said(row.key))

    def _in_doubt(self, row, name):
        """Return whether a cell stands in a column that is asked about: the column comes first."""
        index = row.key.partition(":")[0]
        return index.isdecimal() and name in self.doubtful.get(int(index), ())

    def _cells(self):
        answered = self.answers.get("cells", {})
        for key, (text, cell) in self.of.unclear.items():
            name = key.partition(":")[0]
            rows = self.by_cell.get(key, [])
            if not rows or all(self._in_doubt(row, name) for row in rows):
                continue
            say = f"“{text}”：谁牵头，谁负责？".replace("\n", " ")
            where = [row.where for row in rows]
            question = Question("cell", key, say, where, cells=[(row.key, role) for row in rows for role in UNITS])
            question.whole = text
            question.proposed = {"lead": "、".join(cell.lead), "responsible": "、".join(cell.responsible)}
            self._put(question, is_answered=key in answered)

    def _names(self):
        answered = self.answers.get("names", {})
        open_cells = {question.key for question in self.questions if question.kind == "cell"}
        for name, places in self.of.names.items():
            if self.of.register.knows(name) or not self._is_asked(name, open_cells):
                continue
            cells = [(row.key, role) for row in self.by_name[name] for role in UNITS if name in getattr(row, role)]
            many = looks_collective(name)
            proposed = f"new-collective:{proposed_kinds(name)}" if many else f"new-unit:{proposed_kind(name)}"
            question = Question("name", name, f"“{name}”不在单位名录中。", places, cells=cells, proposed=proposed)
            question.likely = self.of.register.likely(name)
            if not units.is_one_name(name):
                question.proposed = ""
            self._put(question, is_answered=name in answered)

    def _is_asked(self, name, open_cells):
        """Return whether a name stands in a cell that is not asked about itself."""
        for row in self.by_name[name]:
            roles = [role for role in UNITS if name in getattr(row, role)]
            if not open_cells & {*row.units_keys} and not any(self._in_doubt(row, role) for role in roles):
                return True
        return False

    def _deadlines(self):
        answered = self.answers.get("deadlines", {})
        for text, places in self.of.deadlines.items():
            rows = self.by_deadline[text]
            if all(self._in_doubt(row, DEADLINE) for row in rows) or all(self._has_value(row) for row in rows):
                continue
            question = Question("deadline", text, self._about_deadline(text), places)
            question.cells = [(row.key, DEADLINE) for row in rows]
            self._put(question, is_answered=text in answered)

    def _has_value(self, row):
        raw = self._raw(row)
        return raw is not None and self._is_value(raw, DEADLINE) and "deadline" not in self.of.said(row.key)

    def _about_deadline(self, text):
        if text in self.of.early:
            return f"完成时限“{text}”（{self.of.early[text]:%Y-%m-%d}）早于{self.of.year}年。"
        if text == NO_DEADLINE:
            return "表中没有完成时限一列。"
        return f"完成时限“{text}”无法确定是哪一天。"
