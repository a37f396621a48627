from django import forms

from wenshang_disclosure.core.templatetags.core_tags import filter_fields


class SixFields(forms.Form):
    a, b, c, d, e, f = (forms.CharField(required=False) for _ in range(6))


class SevenFields(SixFields):
    g = forms.DateField(required=False)


def names(fields):
    return [field.name for field in fields]


def test_fields_beyond_one_line_are_further_ones_and_counted_where_set():
    fields = filter_fields(SevenFields({"c": "甲", "f": "乙", "g": ""}), "d a b c")

    assert (names(fields["first"]), names(fields["more"])) == (list("abcd"), list("efg"))
    assert (fields["set"], fields["wrong"]) == (1, False)


def test_a_wrong_value_of_a_further_field_is_told():
    assert filter_fields(SevenFields({"g": "昨天"}), "a b")["wrong"] is True


def test_fields_that_fit_one_line_are_all_first():
    fields = filter_fields(SixFields(), "a")

    assert (names(fields["first"]), fields["more"]) == (list("abcdef"), [])
