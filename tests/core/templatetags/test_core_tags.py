from django import forms

from wenshang_disclosure.core.templatetags.core_tags import filter_fields


class FiveFields(forms.Form):
    a, b, c, d, e = (forms.CharField(required=False) for _ in range(5))


class SixFields(FiveFields):
    f = forms.DateField(required=False)


class WithYear(FiveFields):
    plan = forms.IntegerField(required=False)


def names(fields):
    return [field.name for field in fields]


def test_fields_beyond_one_line_are_further_ones_and_counted_where_set():
    fields = filter_fields(SixFields({"c": "甲", "e": "乙", "f": ""}), "d a b c")

    assert (names(fields["first"]), names(fields["more"])) == (list("dabc"), list("ef"))
    assert (fields["set"], fields["wrong"]) == (1, False)


def test_a_wrong_value_of_a_further_field_is_told():
    assert filter_fields(SixFields({"f": "昨天"}), "a b")["wrong"] is True


def test_fields_that_fit_one_line_are_all_first():
    fields = filter_fields(FiveFields(), "a")

    assert (names(fields["first"]), fields["more"]) == (list("abcde"), [])


def test_the_year_is_chosen_in_the_head_alone_and_a_wrong_one_is_told_all_the_same():
    fields = filter_fields(WithYear({"plan": "甲"}))

    assert names(fields["first"]) == list("abcde")
    assert len(fields["hidden_errors"]) == 1
