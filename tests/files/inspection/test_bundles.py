"""Zip archives as evidence: what they would unpack to and where, what is in them, in Chinese names too."""

import io
import struct
import time
import zipfile
import zlib

import pytest

from tests.made_files import EXE, PDF, VIDEOS, archive, entry, nested, office, ole, zipped
from wenshang_disclosure.core.office import archives
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.files.inspection import limits
from wenshang_disclosure.files.inspection.judging import judge


def marks(data, name="材料.zip"):
    return judge(io.BytesIO(data), name).marks


def in_gbk(name):
    """An archive as Chinese Windows packs it: the name in GBK, without saying so."""
    raw = name.encode("gbk")
    stand_in = "q" * len(raw)
    return archive(stand_in).replace(stand_in.encode(), raw)


@pytest.mark.parametrize(
    "members",
    [
        {"方案.pdf": PDF, "照片/一.jpg": b"x", "视频.mp4": VIDEOS["mp4"]},
        {"台账.xlsx": office("xlsx"), "旧/台账.doc": ole({"WordDocument": b""})},
        {"一/甲.zip": archive("说明.txt")},
        {"__MACOSX/._a": b"\x00\x05", "Thumbs.db": b"x", "空.txt": b""},
        {},
    ],
)
def test_what_units_pack_is_taken(members):
    assert marks(zipped(**members)) == ()


def test_names_in_gbk_are_read_and_shown():
    assert marks(in_gbk("培训材料.txt")) == ()
    with pytest.raises(Refused, match="“材料.zip”中的“病毒.exe”是程序"):
        marks(in_gbk("病毒.exe"))


@pytest.mark.parametrize("name", ["../a.txt", "a/../../b.txt", "/etc/x.txt", "C:/a.txt", "..\\a.txt", "\\\\x\\a.txt"])
def test_a_place_outside_the_folder_is_refused(name):
    with pytest.raises(Refused, match="不安全的路径"):
        marks(entry(name))


def test_a_link_is_refused():
    with pytest.raises(Refused, match="是链接"):
        marks(entry("a.txt", b"/etc/passwd", mode=0o120777))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["a.txt", "A.TXT"])
def test_two_entries_of_one_name_are_refused(second):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        made.writestr("a.txt", "1")
        made.writestr(second, "2")

    with pytest.raises(Refused, match="互相覆盖"):
        marks(data.getvalue())


PROGRAMS = [
    "a.exe",
    "a.BAT",
    "a.js",
    "深/层/a.vbs",
    "a.ps1",
    "a.lnk",
    "a.jar",
    "a.hta",
    "a.scr",
    "a.msi",
    "a.html",
    "a.svg",
]


@pytest.mark.parametrize("name", [*PROGRAMS, "a.pdf.exe", "a.exe.", "a.exe ", "a.iso", "b.url"])
def test_a_program_script_or_page_inside_is_refused(name):
    with pytest.raises(Refused, match="程序、脚本或网页"):
        marks(entry(name))


@pytest.mark.parametrize("content", [EXE, b"\x7fELF" + bytes(60), b"#!/bin/sh\n"])
def test_a_program_under_the_name_of_a_document_is_refused(content):
    with pytest.raises(Refused, match="程序、脚本或网页"):
        marks(zipped(**{"说明.txt": content}))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", office("docx", **{"word/vbaProject.bin": b"x"})),
        ("a.doc", ole({"WordDocument": b"", "Macros/VBA/dir": b"x"})),
        ("a.xlsm", b"x"),
    ],
)
def test_a_document_with_macros_inside_is_refused(name, content):
    for data in (zipped(**{name: content}), zipped(**{"内.zip": zipped(**{name: content})})):
        with pytest.raises(Refused, match="含有宏"):
            marks(data)


def test_what_cannot_be_inspected_is_marked():
    assert marks(entry("密.pdf", flags=1)) == ("含加密文件（内容未检查）",)
    assert marks(zipped(**{"a.rar": b"Rar!"})) == ("含其他压缩包（内容未检查）",)
    with pytest.raises(Refused, match="程序"):
        marks(entry("密.exe", flags=1))


def test_an_entry_packed_in_an_unusual_way_is_refused():
    data = bytearray(entry("a.txt"))
    for head, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(head) + place] = 9

    with pytest.raises(Refused, match="压缩方式不常见"):
        marks(bytes(data))


def test_an_archive_in_an_archive_is_taken_and_no_deeper():
    assert marks(nested(2)) == ()
    with pytest.raises(Refused, match="嵌套超过两层"):
        marks(nested(3))
    with pytest.raises(Refused, match="嵌套超过两层"):
        marks(zipped(**{"内.pdf": zipped(**{"内.dat": nested(1)})}))


# --- how much ---------------------------------------------------------------------------------------------------------


def test_a_bomb_is_refused_at_once():
    started = time.monotonic()
    for data in (
        zipped(**{"a.txt": bytes(40_000_000)}),
        zipped(**{f"{number}.txt": b"" for number in range(archives.MAX_ENTRIES + 1)}),
    ):
        with pytest.raises(Refused, match="解压后过大或文件过多"):
            marks(data)

    assert time.monotonic() - started < 3


def test_entries_that_share_their_bytes_are_counted_each():
    """David Fifield's bomb: many entries of the list stand on one piece of the file."""
    piece = zlib.compress(bytes(4_000_000), 9)[2:-4]
    name = b"0.txt"
    local = (
        struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(piece), 4_000_000, len(name), 0) + name + piece
    )
    listed = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(piece), 4_000_000, 7, 0, 0, 0, 0, 0, 0)
        + b"%03d.txt" % number
        for number in range(200)
    )
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 200, 200, len(listed), len(local), 0)

    with pytest.raises(Refused, match="解压后过大或文件过多"):
        marks(local + listed + end)


def test_an_entry_that_says_less_than_it_holds_is_refused():
    data = zipped(**{"a.txt": bytes(1_000_000)})

    with pytest.raises(Refused, match="已损坏"):
        marks(data.replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))


def test_a_list_of_entries_longer_than_anybody_needs_is_not_read():
    listed = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    many = listed * (archives.MAX_DIRECTORY_BYTES // len(listed) + 1000)
    data = b"PK\x03\x04" + bytes(26) + many
    data += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(many), 30, 0)

    with pytest.raises(Refused, match="已损坏"):
        marks(data)


def test_inspecting_an_archive_ends_in_time(monkeypatch):
    monkeypatch.setattr(limits, "TIMEOUT_SECONDS", -1)

    with pytest.raises(Refused, match="用时过长"):
        marks(zipped(**{"a.txt": b"x" * 1000}))


@pytest.mark.parametrize("place", range(0, 120, 3))
def test_a_damaged_archive_is_answered(place):
    data = bytearray(archive("a.txt", "b.txt"))
    data[place % len(data)] ^= 0x55

    try:
        marks(bytes(data))
    except Refused as refusal:
        said = str(refusal)
        assert "材料.zip" in said  # noqa: PT017 - either answer will do


def test_a_name_is_shown_short():
    with pytest.raises(Refused) as refusal:
        marks(entry("长" * 3000 + ".exe"))

    assert len(str(refusal.value)) < 200
    assert limits.MAX_LEVELS[limits.ARCHIVE] == 2
