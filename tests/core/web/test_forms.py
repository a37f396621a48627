"""Forms that call a service show its refusal."""

import pytest
from django import forms

from wenshang_disclosure.core.web.errors import Conflict, Refused
from wenshang_disclosure.core.web.forms import ServiceForm, TextField, clean_text


class Reason(ServiceForm):
    comment = TextField(label="原因")


def refuse(error):
    def service(*, comment):
        raise error("不行。")

    return service


@pytest.mark.parametrize(("error", "status"), [(Refused, 422), (Conflict, 409)])
def test_a_refusal_stands_above_the_form_and_what_was_typed_stays(error, status):
    form = Reason({"comment": "请补充。"})

    done = form.carry_out(refuse(error))

    assert (done, form.status, form.non_field_errors()) == (False, status, ["不行。"])
    assert form["comment"].value() == "请补充。"


def test_a_wrong_field_is_422_and_the_service_is_not_called():
    form = Reason({"comment": ""})

    assert form.carry_out(refuse(AssertionError)) is False
    assert form.status == 422


def test_what_was_done_is_told():
    form = Reason({"comment": "请补充。"})

    assert form.carry_out(lambda *, comment: comment) is True
    assert form.outcome == "请补充。"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("\u202e正文\u2066", "正文"),
        ("x\x00\x1by", "xy"),
        ("  空格  ", "空格"),
        ("😀\t表", "😀\t表"),
    ],
)
def test_text_is_cleaned(text, clean):
    assert clean_text(text) == clean


def test_every_widget_is_dressed():
    class Many(ServiceForm):
        choice = forms.ChoiceField(choices=[])
        tick = forms.BooleanField()

    classes = {name: field.widget.attrs["class"] for name, field in Many().fields.items()}
    assert classes == {"choice": "form-select", "tick": "form-check-input"}
