"""Chosen columns: which are shown, in which order, and what is not known."""

import django_tables2 as tables
import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.utils.safestring import mark_safe

from departments.models import Unit
from tests.factories import UnitFactory
from wenshang_disclosure.core.web.tables import Columns, ListTable


class Fruits(ListTable):
    usual = ("name", "weight")
    first = ("pick",)
    needed = ("name",)

    pick = tables.Column("选择")
    name = tables.Column("名称")
    weight = tables.Column("重量")
    colour = tables.Column("颜色")
    season = tables.Column("季节", orderable=False)


class Plain(ListTable):
    name = tables.Column("名称")
    weight = tables.Column("重量")


@pytest.mark.parametrize(
    ("named", "shown", "unknown"),
    [
        ("", ["name", "weight"], []),
        ("colour,name", ["colour", "name"], []),
        ("colour", ["name", "colour"], []),
        ("colour,name,colour", ["colour", "name"], []),
        ("name,size,pick", ["name"], ["size", "pick"]),
        ("size", ["name", "weight"], ["size"]),
    ],
)
def test_the_address_says_which_columns_are_shown(named, shown, unknown):
    columns = Columns(Fruits, named)

    assert (columns.shown, columns.unknown) == (shown, unknown)


def test_the_first_column_stands_first_and_the_rest_in_the_chosen_order():
    table = Fruits([], **Columns(Fruits, "colour,name").for_table())

    assert [column.name for column in table.columns] == ["pick", "colour", "name"]


def test_what_the_page_has_no_use_for_is_neither_shown_nor_offered():
    columns = Columns(Fruits, "weight,name", ["pick", "weight"])

    assert [column.name for column in Fruits([], **columns.for_table()).columns] == ["name"]
    assert [name for name, *_ in columns.offered()] == ["name", "colour", "season"]


def test_a_table_without_usual_columns_has_all_and_offers_no_choice():
    columns = Columns(Plain, "weight", ["weight"])

    assert (columns.may_be_chosen, columns.for_table()) == (False, {"exclude": ("weight",)})


@pytest.mark.parametrize(
    ("orders", "unseen", "unknown"),
    [
        (["-colour"], ["-colour"], []),
        (["weight"], [], []),
        (["colour,-size"], ["colour"], ["-size"]),
        (["season", "pick"], [], ["season"]),
    ],
)
def test_rows_are_sorted_by_a_column_that_is_not_shown_and_by_none_that_is_not_there(orders, unseen, unknown):
    columns = Columns(Fruits, "", ["pick"], orders)

    assert (columns.sorted_unseen, columns.unknown_orders) == (unseen, unknown)


def test_a_hidden_column_sorts_and_is_not_drawn():
    fruits = [{"name": "梨", "colour": "黄"}, {"name": "桃", "colour": "红"}]
    table = Fruits(fruits, order_by="-colour", **Columns(Fruits, "", ["pick"]).for_table())

    assert [column.name for column in table.columns] == ["name", "weight"]
    assert [row.record["name"] for row in table.rows] == ["梨", "桃"]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("col=a&col=b&col=c", "a,b,c"),
        ("col=a&col=b&col=c&up=c", "a,c,b"),
        ("col=a&col=b&col=c&down=a", "b,a,c"),
        ("col=a&col=b&up=a", "a,b"),
        ("col=a&col=b&down=x", "a,b"),
    ],
)
def test_the_form_of_the_columns_moves_one_at_a_time(query, named):
    assert Columns.chosen_in(QueryDict(query)) == named


class Basket(ListTable):
    name = tables.Column("名称", attrs={"td": {"class": "wide"}})
    of = tables.Column("产地", accessor="from__place")
    weight = tables.Column("重量", default="不详")
    price = tables.Column("价格")

    def render_price(self, value):
        return f"{value:.2f}元"


def test_rows_are_written_as_a_template_would_write_them():
    rows = [
        {"name": "<苹果>", "from": {"place": "汶上"}, "weight": 0, "price": 3},
        {"name": mark_safe("<b>梨</b>"), "from": None, "weight": None, "price": None},
        {"name": "", "from": {"place": None}, "weight": 1234.5, "price": 0.5},
    ]
    table = Basket(rows)

    by_template = Template(
        "{% for line in lines %}<tr>{% for head, cell in line %}"
        '<td data-label="{{ head.label }}" {{ head.attributes }}>{{ cell }}</td>{% endfor %}</tr>\n{% endfor %}'
    ).render(Context({"lines": [[(head, row.get_cell(head.name)) for head in table.heads] for row in table.rows]}))
    assert table.body == by_template


@pytest.mark.django_db
def test_a_row_that_somebody_takes_out_of_the_list_meanwhile_is_left_out():
    first, second = UnitFactory.create_batch(2)
    table = Plain(Unit.objects.filter(pk__in=[first.pk, second.pk]), fetch=lambda ids: [second])

    assert [row.record for row in table.rows[0:2]] == [second]
