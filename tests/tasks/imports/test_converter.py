"""What the converter is told to fetch by the file that it reads: it fetches nothing."""

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tasks.imports.reading import convert, files
from wenshang_disclosure.core import no_network, sandbox

pytestmark = pytest.mark.usefixtures("libreoffice")
NAMES = {"office": "office", "text": "text", "draw": "drawing", "table": "table", "svg": "svg-compatible"}


@pytest.fixture(scope="module")
def asked():
    """The address of a server on this machine, and behind it those that are asked of it."""
    asked = []

    class Listening(BaseHTTPRequestHandler):
        def answer(self):
            asked.append(self.path)
            self.send_error(404)

        do_GET = do_HEAD = do_OPTIONS = do_PROPFIND = answer

        def log_message(self, *said):
            pass

    server = HTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    asked.append(f"http://127.0.0.1:{server.server_port}")
    yield asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def heard(asked):
    """The same, when nothing has been asked yet."""
    del asked[1:]
    return asked


def with_links(address):
    """A text and a table of LibreOffice's own, with a picture that lies elsewhere."""
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{full}:1.0"' for name, full in NAMES.items()
    )
    place = f'xlink:href="{address}/a.png" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"'
    frame = 'text:anchor-type="as-char" svg:width="2cm" svg:height="2cm"'
    picture = f"<draw:frame {frame}><draw:image {place}/></draw:frame>"
    cells = "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in "ab")
    columns = '<table:table-column table:number-columns-repeated="2"/>'
    table = f'<table:table table:name="t">{columns}<table:table-row>{cells}</table:table-row></table:table>'
    body = f"<office:body><office:text><text:p>{picture}</text:p>{table}</office:text></office:body>"
    kind = 'office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text"'
    root = f'office:document{spaces} xmlns:xlink="http://www.w3.org/1999/xlink" {kind}'
    return f'<?xml version="1.0" encoding="UTF-8"?><{root}>{body}</office:document>'


@pytest.fixture(scope="module")
def old_file(asked, libreoffice, tmp_path_factory):
    """An old Word file with a picture that lies on the server that listens."""
    path = tmp_path_factory.mktemp("linked") / "a.fodt"
    path.write_text(with_links(asked[0]))
    return libreoffice(path, "doc")


@pytest.fixture
def linked(old_file, heard):
    return old_file


def test_libreoffice_as_it_comes_would_fetch(linked, heard, libreoffice):
    libreoffice(linked, "docx")

    assert len(heard) > 1


def test_nothing_is_fetched_from_the_network(linked, heard):
    source = files.read(linked)

    assert [row.cells for row in source.grids[0].rows] == [["a", "b"]]
    assert len(heard) == 1


def test_nothing_is_fetched_either_where_the_kernel_refuses_nothing(linked, heard, monkeypatch):
    def unguarded(command, *, limits, folder):
        subprocess.run(command, cwd=folder, capture_output=True, timeout=limits.seconds)

    monkeypatch.setattr(sandbox, "run_command", unguarded)

    source = files.read(linked)

    assert len(source.grids[0].rows) == 1
    assert len(heard) == 1


def test_without_its_settings_the_kernel_alone_refuses(linked, heard, monkeypatch):
    monkeypatch.setattr(convert, "SETTINGS", {})
    monkeypatch.setattr(sandbox, "NO_PROXY_ANSWERS", {})
    if not no_network.MACHINES:
        pytest.skip("no filter for this machine")

    files.read(linked)

    assert len(heard) == 1
