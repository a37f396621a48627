"""Form for the answers to what the file of an import leaves open."""

from django import forms

from departments.choices import UnitKind
from departments.models import Collective, Unit
from tasks.choices import Recurrence
from tasks.filters import DayInput
from tasks.imports.meaning.understanding import NO_DEADLINE
from tasks.imports.meaning.units import is_one_name
from wenshang_disclosure.core.web.forms import StyledForm, TextField, add_css_classes

from .imports import short

ON_A_DAY = "day"
ABOUT = ("title", "document_number", "issuer", "issued_on")
CHOSEN = (
    "sheet",
    "hidden",
    "grid",
    "lone",
    "merged",
    "shifted",
    "marked",
    "lost",
    "rule",
)  # questions answered by one choice
OF_ALL = "blanks"  # the field that answers all open questions about blank deadlines
COLLECTIVES = [
    ("new-collective:towns", "新统称（所有乡镇、街道）"),
    ("new-collective:departments", "新统称（所有部门、事业单位和垂直管理机构）"),
    ("new-collective:all", "新统称（所有单位）"),
    ("new-collective:nobody", "新统称（由办公室逐项明确）"),
]


class AnswersForm(StyledForm):
    """Form with one or more fields for each question of a proposal and for each answer given so far.

    `answers()` gives what was answered, grouped as an import keeps it.
    """

    def __init__(self, *args, proposal, given, **kwargs):
        """Create the fields from the proposal and the answers so far."""
        super().__init__(*args, **kwargs)
        self.proposal, self.given = proposal, {**proposal.answers, **given}
        for group, learnt in proposal.answers.items():
            if isinstance(learnt, dict):
                self.given[group] = {**learnt, **given.get(group, {})}
        self.open_questions = {(question.kind, question.key): question for question in proposal.questions}
        self.all_questions = [*proposal.questions, *proposal.answered]
        self.names = [key for key in proposal.names if key in self._keys("name")]
        self.deadlines = [key for key in proposal.deadlines if key in self._keys("deadline")]
        self._add_about()
        self._add_choices()
        self._add_blanks()
        self._add_values()
        self._add_cells()
        self._add_names()
        self._add_deadlines()
        self._add_rows()
        if ("number" in {kind for kind, _ in self.open_questions}) or given.get("numbers"):
            self.fields["numbers"] = forms.BooleanField(
                label="按行的先后从1起重新编号", required=False, initial=given.get("numbers") == "renumber"
            )
        add_css_classes(self)
        for name in self.fields:
            if name.startswith(("name-", "deadline-", "choice-", "text-")):
                self.fields[name].widget.attrs["aria-label"] = self._spoken(name)

    def _spoken(self, field_name):
        """Set `aria-label` on a field without a visible label."""
        label = self.fields[field_name].label
        key = field_name.removesuffix("-day").rpartition("-")[2]
        text = next((text for text in self.deadlines if short(text) == key), "")
        return f"{text}：{label}" if text else label

    def _keys(self, kind):
        """Return the keys of the questions of a kind, open or answered."""
        return {question.key for question in self.all_questions if question.kind == kind}

    def _of(self, *kinds):
        """Return the questions of these kinds, open or answered, as they stand in the table."""
        return sorted(
            (question for question in self.all_questions if question.kind in kinds), key=lambda each: each.key
        )

    def _add_about(self):
        about = self.proposal.about
        self.fields["title"] = forms.CharField(label="标题", max_length=200, initial=about["title"])
        self.fields["document_number"] = forms.CharField(
            label="发文字号", max_length=60, required=False, initial=about["document_number"]
        )
        self.fields["issuer"] = forms.CharField(
            label="发文机关", max_length=100, required=False, initial=about["issuer"]
        )
        self.fields["issued_on"] = forms.DateField(
            label="印发日期",
            required=False,
            widget=DayInput,
            initial=about["issued_on"],
            error_messages={"invalid": "请按“2024-12-31”的格式填写日期。"},
        )

    def shown_about(self):
        """Return the fields about the plan."""
        return [self[name] for name in ABOUT]

    def _add_choices(self):
        self.chosen = [question for question in self.all_questions if question.kind in CHOSEN]
        for question in self.chosen:
            self.fields[f"choice-{short(question.id)}"] = self._choice(question)

    def _choice(self, question):
        return forms.ChoiceField(
            label=question.text,
            required=False,
            choices=[("", "请选择"), *question.options],
            initial=self.given.get("choices", {}).get(question.id, ""),
        )

    def _said(self, question):
        """Return what was written for the cell that a question is about."""
        row, _, name = question.key.rpartition(":")
        return self.given.get("rows", {}).get(row, {}).get(name, "")

    def _add_blanks(self):
        self.blanks = self._of("blank")
        for question in self.blanks:
            name = question.key.rpartition(":")[2]
            self.fields[f"choice-{short(question.id)}"] = self._choice(question)
            hint = "或写明时限，如“6月底前”" if name == "deadline" else "或写明单位，用顿号隔开"
            self.fields[f"text-{short(question.id)}"] = forms.CharField(
                label=hint, required=False, max_length=200, initial=self._said(question),
                widget=forms.TextInput(attrs={"placeholder": hint}),
            )  # fmt: skip
        open_days = [q for q in self.blanks if ("blank", q.key) in self.open_questions and q.key.endswith(":deadline")]
        if len(open_days) > 1:
            self.fields[OF_ALL] = forms.ChoiceField(
                label=f"其余{len(open_days)}处空白的时限都按", required=False,
                choices=[("", "逐行选择"), *open_days[-1].options],
            )  # fmt: skip

    def _add_values(self):
        self.values = self._of("value")
        for question in self.values:
            self.fields[f"text-{short(question.id)}"] = forms.CharField(
                label=question.text, required=False, max_length=2000, initial=self._said(question)
            )

    def _add_cells(self):
        self.cells = [question for question in self.all_questions if question.kind == "cell"]
        for question in self.cells:
            said = self.given.get("cells", {}).get(question.key)
            shown = said if said is not None else question.proposed
            for role, label in (("lead", "牵头部门"), ("responsible", "责任单位")):
                self.fields[f"cell-{role}-{short(question.key)}"] = forms.CharField(
                    label=label, required=False, max_length=2000, initial=shown.get(role, ""),
                    help_text="多个单位用顿号隔开。",
                )  # fmt: skip
            self.fields[f"cell-ok-{short(question.key)}"] = forms.BooleanField(
                label="按此读取", required=False, initial=said is not None
            )

    def _add_names(self):
        if not self.names:
            return
        units = [(f"unit:{pk}", name) for pk, name in Unit.objects.values_list("pk", "name")]
        collectives = [(f"collective:{pk}", name) for pk, name in Collective.objects.values_list("pk", "name")]
        values = {name: value for value, name in (*units, *collectives)}
        rest = [
            ("登记为新单位", [(f"new-unit:{kind.value}", f"新单位（{kind.label}）") for kind in UnitKind]),
            ("登记为单位统称", COLLECTIVES),
            ("就是单位", units),
            ("就是单位统称", collectives),
            ("其他", [("drop", "不是单位名称，略去")]),
        ]
        for name in self.names:
            question = self.open_questions.get(("name", name))
            offered = rest if is_one_name(name) else rest[-1:]
            likely = self._likely(question, values) if is_one_name(name) else []
            self.fields[f"name-{short(name)}"] = forms.ChoiceField(
                label=name,
                required=False,
                choices=[("", "请选择"), *([("可能就是", likely)] if likely else []), *offered],
                initial=self.given.get("names", {}).get(name, ""),
            )

    def _likely(self, question, values):
        return [(values[n], f"{n}（{why}）") for n, why, _ in question.likely if n in values] if question else []

    def _add_deadlines(self):
        for text in self.deadlines:
            said, key = self.given.get("deadlines", {}).get(text, {}), short(text)
            kind = ON_A_DAY if said.get("due_on") else said.get("recurrence", "")
            self.fields[f"deadline-{key}"] = forms.ChoiceField(
                label="按什么时限",
                required=False,
                choices=[("", "请选择"), (ON_A_DAY, "某一天"), *Recurrence.choices],
                initial=kind,
            )
            self.fields[f"deadline-{key}-day"] = forms.DateField(
                label="日期",
                required=False,
                widget=DayInput,
                initial=said.get("due_on"),
                error_messages={"invalid": "请按“2024-12-31”的格式填写日期。"},
            )

    def _add_rows(self):
        rows = {row.key: row for row in self.proposal.rows}
        said = self.given.get("rows", {})
        self.holders = [key for key in rows if ("holder", key) in self.open_questions or "lead" in said.get(key, {})]
        self.blank = [
            key for key in rows if ("requirement", key) in self.open_questions or "requirement" in said.get(key, {})
        ]
        for key in self.holders:
            for role, label in (("lead", "牵头部门"), ("responsible", "责任单位")):
                self.fields[f"{role}-{short(key)}"] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=2000,
                    help_text="多个单位用顿号隔开。",
                    initial=said.get(key, {}).get(role, "、".join(getattr(rows[key], role))),
                )
        for key in self.blank:
            self.fields[f"requirement-{short(key)}"] = TextField(
                label="具体要求", rows=3, required=False, initial=said.get(key, {}).get("requirement", "")
            )

    def clean(self):
        """Reject a deadline on a day without the day, or with a day outside the plan's year."""
        cleaned = super().clean()
        for text in self.deadlines:
            name = f"deadline-{short(text)}"
            if cleaned.get(name) == ON_A_DAY and f"{name}-day" not in self.errors:
                day = cleaned.get(f"{name}-day")
                year = self.proposal.about["year"]
                if day is None:
                    self.add_error(f"{name}-day", "请填写日期。")
                elif not year <= day.year <= year + 5:
                    self.add_error(f"{name}-day", f"日期须在{year}年至{year + 5}年之间。")
        return cleaned

    def answers(self):
        """Return the valid answers by group; a cleared one is `None`. Fields with errors are left out."""
        cleaned = self.cleaned_data
        groups = {
            "about": self._about(),
            "names": {name: cleaned.get(f"name-{short(name)}") or None for name in self.names},
            "deadlines": {text: self._deadline(text) for text in self.deadlines if not self._is_wrong(text)},
            "rows": self._rows(),
            "choices": self._choices(),
            "cells": {question.key: self._cell(question) for question in self.cells},
        }
        if "numbers" in self.fields:
            groups["numbers"] = "renumber" if cleaned.get("numbers") else ""
        return {group: given for group, given in groups.items() if given or group == "numbers"}

    def _choices(self):
        """Return the choices by question; a text written beside a choice goes before it."""
        said = {}
        for question in (*self.chosen, *self.blanks):
            chosen = self.cleaned_data.get(f"choice-{short(question.id)}") or None
            if question.kind == "blank" and self.cleaned_data.get(f"text-{short(question.id)}"):
                chosen = None
            elif question.kind == "blank" and not chosen and question.key.endswith(":deadline"):
                chosen = self._of_all(question)
            said[question.id] = chosen
        return said

    def _of_all(self, question):
        chosen = self.cleaned_data.get(OF_ALL) or None
        return chosen if chosen in dict(question.options) else None

    def _cell(self, question):
        """Return the units of a cell by role, `None` while they are not confirmed or written."""
        names = {
            role: self.cleaned_data.get(f"cell-{role}-{short(question.key)}", "") for role in ("lead", "responsible")
        }
        changed = any(f"cell-{role}-{short(question.key)}" in self.changed_data for role in names)
        confirmed = self.cleaned_data.get(f"cell-ok-{short(question.key)}") or (changed and any(names.values()))
        return names if confirmed and any(names.values()) else None

    def _about(self):
        """Return the values that differ from those in the file."""
        changed = [name for name in ABOUT if name in self.changed_data and name not in self.errors]
        given = {name: self.cleaned_data[name] for name in changed}
        if "issued_on" in given:
            given["issued_on"] = given["issued_on"].isoformat() if given["issued_on"] else ""
        return given

    def _is_wrong(self, text):
        return bool({f"deadline-{short(text)}", f"deadline-{short(text)}-day"} & set(self.errors))

    def _deadline(self, text):
        name = f"deadline-{short(text)}"
        kind = self.cleaned_data.get(name)
        if not kind:
            return None
        if kind == ON_A_DAY:
            return {"due_on": self.cleaned_data[f"{name}-day"].isoformat()}
        return {"recurrence": kind}

    def _rows(self):
        said = {key: dict(value) for key, value in self.given.get("rows", {}).items()}
        for key in self.holders:
            for role in ("lead", "responsible"):
                self._write(said, key, role, self.cleaned_data.get(f"{role}-{short(key)}", ""))
        for key in self.blank:
            self._write(said, key, "requirement", self.cleaned_data.get(f"requirement-{short(key)}", ""))
        for question in (*self.blanks, *self.values):
            key, _, name = question.key.rpartition(":")
            self._write(said, key, name, self.cleaned_data.get(f"text-{short(question.id)}", ""))
        return {key: value or None for key, value in said.items()}

    def _write(self, said, key, name, text):
        """Set what a person wrote for a cell, or take it back."""
        if text:
            said.setdefault(key, {})[name] = text
        elif key in said:
            said[key].pop(name, None)

    def shown_choices(self):
        """Return `(question, field, whether it is still open)` of what is answered by one choice."""
        return [(q, self[f"choice-{short(q.id)}"], (q.kind, q.key) in self.open_questions) for q in self.chosen]

    def shown_blanks(self):
        """Return `(question, choice, text, whether it is still open)` of blank cells."""
        return [
            (q, self[f"choice-{short(q.id)}"], self[f"text-{short(q.id)}"], (q.kind, q.key) in self.open_questions)
            for q in self.blanks
        ]

    def all_blanks(self):
        """Return the field that answers all open questions about blank deadlines, `None` if there are not several."""
        return self[OF_ALL] if OF_ALL in self.fields else None

    def shown_values(self):
        """Return `(question, field, whether it is still open)` of cells that the file does not tell."""
        return [(q, self[f"text-{short(q.id)}"], (q.kind, q.key) in self.open_questions) for q in self.values]

    def shown_cells(self):
        """Return `(question, field of the lead, of the responsible units, of the confirmation, whether it is open)`."""
        for question in self.cells:
            names = (f"cell-{what}-{short(question.key)}" for what in ("lead", "responsible", "ok"))
            yield (question, *(self[name] for name in names), ("cell", question.key) in self.open_questions)

    def shown_names(self):
        """Return `(name, where it stands, field, hint, whether it is still open)` for the page."""
        for name in self.names:
            question, field = self.open_questions.get(("name", name)), self[f"name-{short(name)}"]
            yield name, self.proposal.names[name], field, _hint(question, field), question is not None

    def shown_deadlines(self):
        """Return `(words, where, what the question is, field, field of the day, whether it is still open)`."""
        for text in self.deadlines:
            question, name = self.open_questions.get(("deadline", text)), f"deadline-{short(text)}"
            words = question.text if question else (f"完成时限“{text}”" if text != NO_DEADLINE else "完成时限空白")
            yield text, self.proposal.deadlines[text], words, self[name], self[f"{name}-day"], question is not None

    def shown_rows(self):
        """Return `(row, fields)` of rows in which something is missing."""
        rows = {row.key: row for row in self.proposal.rows}
        for key in dict.fromkeys([*self.blank, *self.holders]):
            names = [f"{role}-{short(key)}" for role in ("requirement", "lead", "responsible")]
            yield rows[key], [self[name] for name in names if name in self.fields]


def _hint(question, field):
    """Return the most likely known names with the reason, else the kind that the name appears to be."""
    if question is None:
        return ""
    if not is_one_name(question.key):
        return "不像一个单位的名称：请在“单位一格”中写明各个单位，或者略去。"
    if question.likely:
        return "可能是：" + "；".join(f"{name}（{why}）" for name, why, _ in question.likely)
    for _, options in field.field.choices:
        label = dict(options).get(question.proposed) if isinstance(options, list) else None
        if label:
            return f"没有相近的名称。建议登记为{label}。"
    return "没有相近的名称。"
