"""Mails in archives: names in Chinese, mails in mails, and damaged ones."""

import io
import random
import zipfile

import pytest

from tests.files.inspection.cases import CASES, TEXT, letter, named
from tests.made_files import zipped
from wenshang_disclosure.core.office import archives
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.files.inspection.judging import judge

WRONG_PIECES = [
    b"\r\n",
    b"--zz",
    b"=?",
    b";",
    b"*0*=",
    b"''",
    b"%",
    b'"',
    b"\0",
    b"\xff",
    b"Content-Type:",
    b"=?x?b?=?=",
]


def marks(mail):
    return judge(io.BytesIO(zipped(**{"信.eml": mail})), "a.zip").marks


def content_of(file):
    with zipfile.ZipFile(io.BytesIO(file[1])) as archive:
        return archive.read(archive.namelist()[0])


@pytest.mark.parametrize("code", ["utf-8", "gb18030"])
def test_a_chinese_name_that_is_not_encoded_is_read(code):
    mail = content_of(letter(TEXT, named("督查.exe"))).decode().encode(code)

    with pytest.raises(Refused, match="的附件“督查.exe”是程序"):
        marks(mail)


def test_mails_in_mails_are_limited():
    mail = b"From: a@x\r\n\r\nx"
    for _ in range(6):
        mail = b"From: a@x\r\n" + named("转发.eml", mail).encode()

    with pytest.raises(Refused, match="层数过多"):
        marks(mail)


def test_a_mail_of_many_parts_is_refused():
    with pytest.raises(Refused, match="解压后过大或文件过多"):
        marks(content_of(letter(*["\r\nx"] * archives.MAX_ENTRIES)))


@pytest.mark.parametrize("depth", [50, 3000])
def test_parts_in_parts_are_no_error(depth):
    mail = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number) for number in range(depth)
    )

    with pytest.raises(Refused):
        marks(mail + named("a.exe").encode())


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_mail_is_answered(seed):
    dice = random.Random(seed)
    mails = [content_of(file) for row in ("M3", "M4", "M6", "M7") for file in CASES[row] if file[0].endswith(".zip")]
    mail = bytearray(dice.choice(mails)[:3000])
    for _ in range(4):
        place = dice.randrange(len(mail))
        mail[place : place + dice.choice((0, 1, 20))] = dice.choice(WRONG_PIECES)

    try:
        found = marks(bytes(mail))
    except Refused as refusal:
        found = str(refusal)
        assert "a.zip" in found  # noqa: PT017 - either answer will do

    assert isinstance(found, (str, tuple))
