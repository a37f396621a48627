"""A cell of units says who leads and who helps in many ways; what is not understood to the last word is asked."""

import pytest

from tasks.imports.meaning import units

from .registers import county_register

KNOWN = units.Names(county_register().all)
TOWNS = "各乡镇（街道）人民政府（办事处）"
FINANCE, JUSTICE, CIVIL = "县财政局", "县司法局", "县民政局"


@pytest.mark.parametrize(
    ("text", "lead", "responsible"),
    [
        ("县财政局牵头落实", [FINANCE], []),
        ("县财政局、县民政局分别牵头落实", [FINANCE, CIVIL], []),
        ("县财政局会同县司法局落实", [FINANCE], [JUSTICE]),
        ("由县财政局负责", [], [FINANCE]),
        ("由县财政局牵头，县司法局、县民政局配合", [FINANCE], [JUSTICE, CIVIL]),
        ("县财政局牵头县司法局配合", [FINANCE], [JUSTICE]),
        ("县财政局牵头，会同县司法局、县民政局抓好落实", [FINANCE], [JUSTICE, CIVIL]),
        ("县财政局主办，县司法局协办", [FINANCE], [JUSTICE]),
        ("县财政局、县司法局按职责分工负责", [], [FINANCE, JUSTICE]),
        ("县财政局牵头，各乡镇（街道）人民政府（办事处）负责落实", [FINANCE], [TOWNS]),
        ("县财政局、县司法局按职责分工分别牵头，县民政局配合", [FINANCE, JUSTICE], [CIVIL]),
        ("县财政局（牵头）县司法局 县民政局", [FINANCE], [JUSTICE, CIVIL]),
        ("★县财政局、县司法局", [FINANCE], [JUSTICE]),
        ("县财政局和县司法局", [], [FINANCE, JUSTICE]),
        ("县财政局县司法局县民政局", [], [FINANCE, JUSTICE, CIVIL]),
        ("1.县财政局\n2.县司法局", [], [FINANCE, JUSTICE]),
        ("县财政局：甲某某", [], [FINANCE]),
        ("县财政局、县司法局；配合单位：县民政局", [FINANCE, JUSTICE], [CIVIL]),
        ("县财政局（责任单位：县司法局、县民政局）", [FINANCE], [JUSTICE, CIVIL]),
        ("县财政局\n配合单位：县司法局", [FINANCE], [JUSTICE]),
        ("县财政局为牵头单位，县司法局、县民政局为配合单位", [FINANCE], [JUSTICE, CIVIL]),
        ("县财政局牵头。县司法局配合", [FINANCE], [JUSTICE]),
        ("牵头单位：县财政局。配合单位：县司法局。", [FINANCE], [JUSTICE]),
        ("牵头单位：县财政局\n责任单位：各乡镇（街道）人民政府（办事处）", [FINANCE], [TOWNS]),
        ("责任单位:县财政局", [], [FINANCE]),
        ("办公室牵头,各科室配合", ["办公室"], ["各科室"]),
        ("青禾县科技和工信局", [], ["青禾县科技和工信局"]),
        ("青禾县财政局和青禾县司法局", [], ["青禾县财政局", "青禾县司法局"]),
        ("县财政局国库科", [], ["县财政局国库科"]),
        ("县政府各部门、各单位，各乡镇、街道", [], ["县政府各部门、各单位", "各乡镇、街道"]),
        ("—", [], []),
    ],
)
def test_a_cell_is_read_by_its_words(text, lead, responsible):
    cell = units.read(text, KNOWN, "responsible")

    assert (cell.lead, cell.responsible, cell.clear) == (lead, responsible, True)


@pytest.mark.parametrize(
    "text",
    [
        "县财政局等部门",
        "县财政局，县司法局牵头",
        "县财政局负责，县司法局配合",
        "县司法局、（排名第一的为牵头）",
        "12",
        "2026年6月",
        "甲某某",
        "县财政局 甲某某",
        "责任领导：甲某某；责任单位：县财政局",
        "县财政局、县司法局等按职责分工负责",
    ],
)
def test_what_is_not_understood_to_the_last_word_is_asked(text):
    assert not units.read(text, KNOWN, "responsible").clear


@pytest.mark.parametrize("text", ["12", "—", "2026年", "6月底前", "甲某某", "县财政局、县司法局", "县财政局牵头", "A"])
def test_digits_dashes_days_and_persons_are_no_names(text):
    assert not units.is_one_name(text)


def test_persons_beside_units_are_passed_over_where_the_heading_says_so():
    assert units.read("县财政局\n甲某某", KNOWN, "lead", with_persons=True) == units.Cell([FINANCE], [])
    assert not units.read("县财政局\n甲某某", KNOWN, "lead").clear
