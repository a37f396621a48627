import pytest

from tasks.imports.meaning.counts import target_count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("原则上每年至少开展2次专题性政策评价工作。", 2),
        ("每年至少召开1次专题会议。", 1),
        ("每季度至少开展一次培训。", 4),
        ("全年不少于4场新闻发布会。", 4),
        ("至少报送两篇信息。", 2),
        ("每月开展1次抽查。", 12),
    ],
)
def test_how_often_something_is_asked_for_is_offered_for_the_whole_year(text, count):
    assert target_count(text)[0] == count


@pytest.mark.parametrize(
    "text", ["做好政策发布。", "推进12345热线融合。", "压缩办理时限2个工作日。", "第1次会议纪要要公开。"]
)
def test_other_numbers_are_no_target(text):
    assert target_count(text) == (None, "")
