"""Large uploads leave nothing behind where a connection is cut or a request fails."""

import io
import os

import pytest
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser
from django.http.request import UnreadablePostError

BODY = b"".join(
    b'--B\r\nContent-Disposition: form-data; name="f"; filename="%d.pdf"\r\n\r\n' % number + b"x" * 3_000_000 + b"\r\n"
    for number in range(2)
)
END = b"--B--\r\n"


class Cut(io.BytesIO):
    """A body whose connection is cut at its end."""

    def read(self, size=-1):
        data = super().read(size)
        if not data:
            raise UnreadablePostError
        return data


@pytest.fixture
def folder(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    return tmp_path


def parse(body):
    request = HttpRequest()
    meta = {"CONTENT_TYPE": "multipart/form-data; boundary=B", "CONTENT_LENGTH": str(len(BODY + END))}
    return MultiPartParser(meta, body, request.upload_handlers).parse()


def test_a_large_file_comes_whole(folder):
    _, files = parse(io.BytesIO(BODY + END))

    first, second = files.getlist("f")
    assert (first.name, first.size, first.read()) == ("0.pdf", 3_000_000, b"x" * 3_000_000)
    assert b"".join(second.chunks()) == b"x" * 3_000_000
    assert os.listdir(folder) == []


@pytest.mark.parametrize("kind", [io.BytesIO, Cut])
def test_a_cut_upload_leaves_no_file_while_it_is_still_known(folder, kind):
    try:
        parse(kind(BODY[:4_000_000]))
    except UnreadablePostError as error:
        known = error  # as a log does, with all that its frames hold

        assert known.__traceback__  # noqa: PT017

    assert os.listdir(folder) == []
