"""What a template may say: known fields, conditions and lists; the rest is named, and reaches nothing."""

import pytest
from jinja2 import TemplateError

from reports.exports.word.template_language import Field, Group, PlainData, Rows, problems

FIELDS = {
    "标题": Field("标题"),
    "合计": Group("合计", {"应办": Field("件", 3)}),
    "部门": Rows("每个部门一行", {"单位": Field("单位"), "事项": Rows("每件一行", {"要求": Field("要求")})}),
}
DATA = {"标题": "通报", "合计": {"应办": 3}, "部门": [{"单位": "县商务局", "事项": [{"要求": "公开"}]}]}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ 标题 }}", "通报"),
        ("{{标题}}", "通报"),
        ("{{ 合计.应办 }}件", "3件"),
        ("{{ 合计['应办'] }}", "3"),
        ("{% if 合计.应办 > 2 and not 合计.应办 == 9 %}多{% else %}少{% endif %}", "多"),
        ("{% for 行 in 部门 %}{{ loop.index }}{{ 行.单位 }}{% endfor %}", "1县商务局"),
        ("{% for 行 in 部门 %}{% for 件 in 行.事项 %}{{ 件.要求 }}{% endfor %}{% endfor %}", "公开"),
        ("{{ 部门|length }}", "1"),
        ("{{ '有' if 部门 else '无' }}", "有"),
    ],
)
def test_fields_conditions_and_lists_are_known(source, said):
    assert problems(source, FIELDS) == []
    assert PlainData().from_string(source).render(DATA) == said


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("{{ 标提 }}{{ 标提 }}", ["未知字段“标提”"]),
        ("{{ 合计.应半 }}{{ 甲.乙 }}", ["未知字段“合计.应半”", "未知字段“甲.乙”"]),
        ("{% for 行 in 部门 %}{{ 行.单伟 }}{% endfor %}", ["未知字段“行.单伟”"]),
        ("{% for 行 in 部门 %}{% endfor %}{{ 行.单位 }}", ["未知字段“行.单位”"]),
        ("{% for 行 in 布门 %}{{ 行.单位 }}{% endfor %}", ["未知字段“布门”"]),
        ("{% for 行 in 标题 %}{{ 行 }}{% endfor %}", ["“标题”不是清单，不能用于循环"]),
        ("{{ 部门 }}", ["“部门”不是一个文字字段，不能直接填入"]),
        ("{% if 没有 %}{% endif %}", ["未知字段“没有”"]),
        ("{{ 标题.items }}", ["未知字段“标题.items”"]),
        ("{{ ''.__class__ }}", ["未知字段“''.__class__”"]),
        ("{{ 标题.__class__.__mro__ }}", ["未知字段“标题.__class__.__mro__”"]),
        ("{{ 标题['__class__'] }}", ["未知字段“标题['__class__']”"]),
        ("{{ loop.index }}", ["未知字段“loop.index”"]),
        ("{{ range(9) }}", ["不支持函数调用"]),
        ("{{ 标题.upper() }}", ["不支持函数调用"]),
        ("{{ 标题|safe }}", ["不支持过滤器“safe”"]),
        ("{{ 标题|attr('__class__') }}", ["不支持过滤器“attr”"]),
        ("{% set 甲 = 标题 ~ 标题 %}", ["不支持变量赋值（set）"]),
        ("{% include '/etc/passwd' %}", ["不支持引用其他文件（include）"]),
        ("{% macro 甲() %}{% endmacro %}", ["不支持宏（macro）"]),
        ("{{ 标题 * 999999999 }}", ["不支持运算（Mul）"]),
        ("{% for 甲, 乙 in 部门 %}{% endfor %}", ["不支持这种写法的循环，请写作“for 行 in 清单”"]),
    ],
)
def test_what_is_unknown_or_computes_is_named(source, found):
    assert problems(source, FIELDS) == found


def test_lists_may_not_be_run_through_again_and_again():
    nested = "{% for 行 in 部门 %}" * 6 + "{% endfor %}" * 6

    assert problems(nested, FIELDS) == ["循环套得太深，最多4层"]


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ 标题.__class__ }}",
        "{{ 标题['__class__'] }}",
        "{{ 标题|attr('__class__') }}",
        "{{ 标题.format }}",
        "{{ 标题.upper() }}",
        "{{ 部门.append(1) }}",
        "{{ 合计.items() }}",
        "{{ 合计.pop }}",
        "{{ range(3) }}",
        "{{ lipsum.__globals__ }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ self.__init__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ 没有 }}",
        "{% for 行 in 部门 %}{{ loop.__class__ }}{% endfor %}",
        "{% for 行 in 部门 %}{{ loop.cycle(1) }}{% endfor %}",
        "{% include '/etc/passwd' %}",
    ],
)
def test_what_the_reading_overlooked_would_reach_nothing(source):
    with pytest.raises((TemplateError, TypeError)):
        PlainData().from_string(source).render(DATA)


def test_a_value_is_text_whatever_it_says():
    hostile = "<w:p/>&{{ 标题 }}{% if %}\"'"

    assert PlainData().from_string("{{ 标题 }}").render({"标题": hostile}) == (
        "&lt;w:p/&gt;&amp;{{ 标题 }}{% if %}&#34;&#39;"
    )
