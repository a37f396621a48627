"""Names are taken apart where they are several, and never where a comma belongs to one."""

import pytest

from tasks.imports.meaning import names

from .registers import county_register


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("县商务局\n县投资促进服务中心", ["县商务局", "县投资促进服务中心"]),
        ("县发改局、县财政局，县民政局；县司法局", ["县发改局", "县财政局", "县民政局", "县司法局"]),
        ("县商务局 县财政局　县民政局", ["县商务局", "县财政局", "县民政局"]),
        ("民 政 局", ["民政局"]),
        ("县住房和城乡建设局   ", ["县住房和城乡建设局"]),
        (
            "县政府有关部门、单位\n各乡镇（街道）人民政府（办事处）",
            ["县政府有关部门、单位", "各乡镇（街道）人民政府（办事处）"],
        ),
        ("县政府各部门、各单位，各乡镇、街道", ["县政府各部门、各单位", "各乡镇、街道"]),
        ("各乡镇人民政府、街道办事处、县直有关部门", ["各乡镇人民政府、街道办事处", "县直有关部门"]),
        ("县商务局、县商务局", ["县商务局"]),
        ("", []),
    ],
)
def test_a_cell_is_taken_apart(text, expected):
    assert names.split(text) == expected


def test_what_the_register_has_as_a_whole_stays_whole():
    assert names.split("党政办、宣传办", {"党政办、宣传办"}.__contains__) == ["党政办、宣传办"]


@pytest.mark.parametrize(
    ("name", "likest"),
    [
        ("县住建局", "县住房和城乡建设局"),
        ("县发改委", "县发展和改革局"),
        ("县人社局", "县人力资源和社会保障局"),
        ("市场监管局", "县市场监督管理局"),
        ("生态环境分局", "市生态环境局汶上县分局"),
        ("南旺镇", "南旺镇人民政府"),
        ("各镇街", "各乡镇（街道）人民政府（办事处）"),
    ],
)
def test_an_unknown_name_is_offered_the_likest_known_one_with_a_reason(name, likest):
    register = county_register()
    register.aliases = {}

    found = register.likely(name)

    assert found[0][0] == likest
    assert found[0][1]


def test_names_that_share_nothing_but_their_ending_are_not_offered():
    assert names.alike("县融媒体中心", ["县体育事业发展中心", "县投资促进服务中心"]) == []
    assert names.alike("县大数据局", ["县水务局", "县财政局"]) == []
