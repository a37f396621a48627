"""What people wrote is shown as text, with links on addresses and pasted tables as tables."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from wenshang_disclosure.core.web.prose import lines, linked, prose


def links_of(text):
    tree = html.fromstring(f"<div>{linked(text)}</div>")
    return tree.xpath("//a/@href"), tree.text_content()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("见https://www.wenshang.gov.cn/art/2024/9/1.html。", "https://www.wenshang.gov.cn/art/2024/9/1.html"),
        ("https://www.example.gov.cn，已发布", "https://www.example.gov.cn"),
        ("（http://www.example.gov.cn/a）", "http://www.example.gov.cn/a"),
        ("“http://www.example.gov.cn/a?b=1&c=2#d”", "http://www.example.gov.cn/a?b=1&c=2#d"),
        ("http://www.example.gov.cn/a、另有", "http://www.example.gov.cn/a"),
        ("网址http://www.example.gov.cn/政务公开", "http://www.example.gov.cn/"),
        ("See http://www.example.gov.cn/a.", "http://www.example.gov.cn/a"),
        ("(http://www.example.gov.cn/a)", "http://www.example.gov.cn/a"),
        ("http://www.example.gov.cn/a_(b)", "http://www.example.gov.cn/a_(b)"),
        ("http://10.1.2.3:8080/oa/", "http://10.1.2.3:8080/oa/"),
        ("http://www.example.gov.cn/%E6%94%BF", "http://www.example.gov.cn/%E6%94%BF"),
        ("https://www.gov.cn@elsewhere.example/", "https://www.gov.cn"),
        ("http://www.example.gov.cn/a<b>", "http://www.example.gov.cn/a"),
        ('http://www.example.gov.cn/"onclick="x', "http://www.example.gov.cn/"),
    ],
)
def test_an_address_ends_where_a_reader_ends_it(text, address):
    assert links_of(text) == ([address], text)


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "www.example.gov.cn", "ftp://example.gov.cn/a", "http://", "https://。", "没有网址"]
)
def test_what_is_no_address_is_no_link(text):
    assert links_of(text) == ([], text)


def test_a_link_opens_elsewhere_and_tells_nothing_of_us():
    link = html.fromstring(f"<div>{linked('http://a.example/')}</div>").xpath("//a")[0]

    assert dict(link.attrib) == {
        "href": "http://a.example/",
        "target": "_blank",
        "rel": "noopener noreferrer nofollow",
    }


def test_markup_is_shown_as_text():
    assert lines("<b>甲</b>\n&乙") == "&lt;b&gt;甲&lt;/b&gt;<br>&amp;乙"
    assert prose("<script>1</script>\t2\n3\t4").count("<script") == 0


def test_lines_with_tabs_are_a_table_and_the_rest_paragraphs():
    text = "各村进展：\n村\t数量\t备注\n一村\t3\n\t12\t见http://a.example/\n\n以上。\n完"

    tree = html.fromstring(f"<div>{prose(text)}</div>")

    assert [[cell.text_content() for cell in row] for row in tree.xpath("//tr")] == [
        ["村", "数量", "备注"],
        ["一村", "3", ""],
        ["", "12", "见http://a.example/"],
    ]
    assert [html.tostring(p, encoding="unicode").strip() for p in tree.xpath("//p")] == [
        "<p>各村进展：</p>",
        "<p>以上。<br>完</p>",
    ]
    assert tree.xpath("//td//a/@href") == ["http://a.example/"]


def test_a_single_line_with_a_tab_is_no_table():
    assert "<table" not in prose("甲\t乙")


@pytest.mark.parametrize("text", ["", None])
def test_nothing_is_shown_as_nothing(text):
    assert (lines(text), prose(text)) == ("", "")


def test_line_ends_of_other_systems_are_line_ends():
    assert lines("甲\r\n乙\r丙") == "甲<br>乙<br>丙"


@given(st.text(alphabet="ab<>&\"'\t\n。，:/.@()https://甲 ", max_size=80))
def test_no_text_makes_markup_of_its_own(text):
    shown = prose(text)

    assert re.sub(r"</?(?:p|br|a|div|table|tr|td)(?: [^<>]*)?>", "", shown).count("<") == 0
