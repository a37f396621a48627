"""The comparison finds what is lost or there twice: else “lost 0” would say nothing."""

import pytest

from .ledger import compare
from .people import Work

SOUND = {"crooked": [], "missing": [], "changed": [], "broken": ""}


class Worker:
    def __init__(self, work):
        self.works = [work]


def work(**fields):
    return Worker(Work(1, texts=["甲", "乙"], **fields))


def report(**fields):
    return {"duty": 1, "text": "乙", "state": "submitted", "files": ["f"], "submitted": 1, **fields}


def wrong(worker, *reports, **truth):
    return compare([worker], {"reports": list(reports), **SOUND, **truth})


def test_what_was_acknowledged_and_stands_is_sound():
    assert wrong(work(saved="甲", files={"f": True}, submitted=True), report()) == []


def test_what_was_never_acknowledged_may_be_gone():
    assert wrong(work(files={"f": False})) == []


@pytest.mark.parametrize(
    ("reports", "says"),
    [
        ([], "saved text “乙” is gone"),
        ([report(text="甲")], "saved text “乙” is gone"),
        ([report(), report()], "“乙” is there 2 times"),
        ([report(files=[])], "file f of “乙” is gone"),
        ([report(files=["f", "f"])], "file f of “乙” is there 2 times"),
        ([report(state="draft", submitted=0)], "“乙” was submitted, and is draft, 0 times"),
        ([report(submitted=2)], "“乙” was submitted, and is submitted, 2 times"),
    ],
)
def test_each_loss_is_named(reports, says):
    assert says in wrong(work(saved="乙", files={"f": True}, submitted=True), *reports)


@pytest.mark.parametrize("fault", [{"crooked": [1]}, {"missing": ["a"]}, {"changed": ["a"]}, {"broken": "第2条缺失"}])
def test_faults_of_the_whole_are_losses(fault):
    assert len(wrong(work(), **fault)) == 1
