"""One table of heads: what begins as an archive is one everywhere, for the reader of tables and for the inspection."""

import io
import zipfile

import pytest

from tasks.imports.reading import files
from tests.made_files import EXE, office, zipped
from tests.tasks.imports.makers import docx_file
from wenshang_disclosure.core.office.signatures import ZIP_HEADS, is_binary_program
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.files.inspection.judging import judge

MARKS_OF_PIECES = [b"PK\x07\x08", b"PK00"]
"""What programs write before the first entry of an archive in pieces, or one that could have become several."""


def with_mark(mark, data):
    """The archive with that mark before it, as a program writes it: its own offsets count the mark."""
    made = io.BytesIO(mark)
    made.seek(0, 2)
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "a") as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry))
    return made.getvalue()


def test_each_kind_of_archive_begins_with_one_of_the_heads():
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    archives = [zipped(a="x"), empty.getvalue(), *(with_mark(mark, zipped(a="x")) for mark in MARKS_OF_PIECES)]

    assert [data.startswith(ZIP_HEADS) for data in archives] == [True] * 4


@pytest.mark.parametrize("mark", MARKS_OF_PIECES)
def test_a_table_with_the_mark_of_pieces_is_read(tmp_path, mark):
    file = docx_file(tmp_path / "table.docx", [["任务", "单位"], ["公开文件。", "县司法局"]])
    file.write_bytes(with_mark(mark, file.read_bytes()))

    assert files.read(file).grids


@pytest.mark.parametrize("mark", MARKS_OF_PIECES)
def test_the_mark_of_pieces_hides_nothing_from_the_inspection(mark):
    inner = with_mark(mark, zipped(**{"a.exe": EXE}))
    macros = with_mark(mark, office("docx", **{"word/vbaProject.bin": b"x"}))

    for name, data in [("a.zip", zipped(**{"b.zip": inner})), ("a.zip", inner), ("a.docx", macros)]:
        with pytest.raises(Refused, match="程序|宏"):
            judge(io.BytesIO(data), name)


@pytest.mark.parametrize(
    ("head", "said"),
    [(EXE, True), (b"\x7fELF\x02\x01\x01\x00", True), ("MZ,序号\n".encode(), False), (b"#!x,y\n", False), (b"", False)],
)
def test_a_program_is_told_from_text_that_begins_alike(head, said):
    assert is_binary_program(head) is said
