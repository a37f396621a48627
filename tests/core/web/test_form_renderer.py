"""What the renderer writes itself is what the templates give."""

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting

from wenshang_disclosure.core.web.form_renderer import DRAWN, FormRenderer

YEARS = [("", "全部<年度>"), (2024, "2024年度"), ("旧", [(2023, "2023 & 以前"), (2022, "2022年度")])]


class Everything(forms.Form):
    text = forms.CharField(
        label="文字<b>", help_text="不超过 & 字。", widget=forms.TextInput({"data-x": '"1"', "hidden": True})
    )
    number = forms.IntegerField(label="数", min_value=1, required=False)
    link = forms.URLField(label="链接", assume_scheme="https")
    mail = forms.EmailField(label="邮箱")
    secret = forms.CharField(label="口令", widget=forms.PasswordInput)
    held = forms.CharField(widget=forms.HiddenInput, initial="<留>")
    day = forms.DateField(label="日期", widget=forms.DateInput({"autofocus": False}))
    agreed = forms.BooleanField(label="同意")
    said = forms.CharField(label="说明", widget=forms.Textarea({"rows": 3}))
    year = forms.ChoiceField(label="年度", choices=YEARS, required=False)
    years = forms.MultipleChoiceField(label="各年度", choices=YEARS, required=False)
    way = forms.ChoiceField(label="方式", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)


GIVEN = [
    None,
    {},
    {"text": "<i>政务</i>", "number": "0", "day": "2024-12-31", "agreed": "on", "said": "一\n<二>", "year": "2023"},
    {"years": ["2022", "2024"], "year": "x", "link": "…", "mail": "a@b", "held": '"', "way": "b", "secret": "s"},
]


@pytest.mark.parametrize("given", GIVEN)
def test_each_part_is_drawn_as_its_template_draws_it(given):
    drawn, by_templates = (Everything(given, renderer=way()) for way in (FormRenderer, TemplatesSetting))

    for name in Everything.base_fields:
        assert str(drawn[name]) == str(by_templates[name])
        assert drawn[name].label_tag() == by_templates[name].label_tag()
        assert str(drawn[name].errors) == str(by_templates[name].errors)
        assert drawn[name].as_field_group() == by_templates[name].as_field_group()


def test_the_parts_that_are_drawn_are_among_them():
    used = {form[name].field.widget.template_name for form in [Everything()] for name in form.fields}

    assert {name for name in DRAWN if "/widgets/" in name} <= used
