"""Office files are shown in pages as PDF: converted once, in the sandbox, and with a reason where they are not."""

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tasks.choices import EvidenceKind
from tasks.services.progress import evidence, reports
from tests.factories import AssignmentFactory, UserFactory
from tests.made_files import docx_bytes, office, pdf_upload
from wenshang_disclosure.core import sandbox
from wenshang_disclosure.core.office import libreoffice
from wenshang_disclosure.core.web.errors import Busy
from wenshang_disclosure.files import page_documents

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("evidence_folder")]


@pytest.fixture(autouse=True)
def nothing_kept(settings, tmp_path):
    settings.CACHES = {**settings.CACHES, "documents": {**settings.CACHES["documents"], "LOCATION": tmp_path / "kept"}}
    settings.DATA_DIR = tmp_path
    yield
    caches["documents"].clear()


@pytest.fixture
def liaison(client):
    person = UserFactory()
    client.force_login(person)
    return person


@pytest.fixture
def attached(liaison):
    """Return a function that attaches a file to the draft of a duty of the liaison's."""
    duty = AssignmentFactory(unit=liaison.unit)

    def attach(upload):
        draft = reports.save_draft(duty, by=liaison, version=0, text="已召开会议。")
        return evidence.attach_file(draft, upload, by=liaison, kind=EvidenceKind.MINUTES)

    return attach


@pytest.fixture
def minutes(attached):
    return attached(SimpleUploadedFile("会议纪要.docx", docx_bytes()))


@pytest.fixture
def converted(monkeypatch):
    """The names of the files that LibreOffice was given; each is made into a PDF at once."""
    given = []

    def convert(original, ending, *, limits):
        given.append(original.name)
        result = original.with_name(f"made.{ending}")
        result.write_bytes(b"%PDF-1.7")
        return result

    monkeypatch.setattr(libreoffice, "program", lambda: "soffice")
    monkeypatch.setattr(libreoffice, "convert", convert)
    return given


def shown(client, item):
    return client.get(reverse("tasks:evidence-document", args=[item.pk]))


def told(response):
    return (response.status_code, response["Content-Type"], response.content.decode())


@pytest.mark.usefixtures("libreoffice")
def test_a_word_file_becomes_a_pdf_that_nothing_can_run_in(client, minutes):
    response = shown(client, minutes)

    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response.content.startswith(b"%PDF-")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_it_is_converted_once(client, minutes, converted):
    answers = [shown(client, minutes).content for _ in range(3)]

    assert answers == [b"%PDF-1.7"] * 3
    assert converted == ["file.docx"]


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [(sandbox.OutOfTime, page_documents.TOO_SLOW), (None, page_documents.CANNOT)],
)
def test_what_cannot_be_converted_is_told_and_not_tried_again(client, minutes, converted, monkeypatch, fault, sentence):
    def fail(original, ending, *, limits):
        converted.append(original.name)
        if fault:
            raise fault

    monkeypatch.setattr(libreoffice, "convert", fail)

    answers = [told(shown(client, minutes)) for _ in range(2)]

    assert answers == [(422, "text/plain; charset=utf-8", sentence)] * 2
    assert converted == ["file.docx"]


def test_without_libreoffice_the_page_says_so_and_tries_again_once_it_is_there(client, minutes, converted, monkeypatch):
    with monkeypatch.context() as without:
        without.setattr(libreoffice, "program", lambda: None)
        before = told(shown(client, minutes))

    assert before == (422, "text/plain; charset=utf-8", page_documents.NOT_INSTALLED)
    assert shown(client, minutes).content == b"%PDF-1.7"


@pytest.mark.parametrize(
    ("libraries", "answer"),
    [
        (["libswlo.so"], page_documents.NO_PRESENTATIONS),
        (["libswlo.so", "libsdlo.so"], "%PDF-1.7"),
        ([], "%PDF-1.7"),  # where the libraries lie is not known: it is tried
    ],
)
def test_slides_need_impress_and_the_page_says_so(
    client, attached, converted, monkeypatch, tmp_path, libraries, answer
):
    for library in libraries:
        (tmp_path / library).touch()
    monkeypatch.setattr(libreoffice, "program", lambda: str(tmp_path / "soffice"))
    slides = attached(SimpleUploadedFile("汇报.pptx", office("pptx")))

    assert told(shown(client, slides))[2] == answer


def test_a_large_result_is_not_shown(client, minutes, converted, monkeypatch):
    monkeypatch.setattr(page_documents, "MAX_BYTES", 4)

    assert told(shown(client, minutes))[2] == page_documents.TOO_LARGE


def test_who_waits_too_long_is_asked_to_come_again(client, minutes, converted, monkeypatch):
    monkeypatch.setattr(page_documents, "WAIT_SECONDS", 0)

    with page_documents._turn():
        answer = told(shown(client, minutes))

    assert answer == (Busy.status, "text/plain; charset=utf-8", page_documents.BUSY)
    assert converted == []


def test_other_kinds_are_not_converted(client, attached, converted):
    item = attached(pdf_upload())

    assert shown(client, item).status_code == 404
    assert converted == []


def test_the_file_of_another_unit_is_not_there(client, minutes, converted):
    client.force_login(UserFactory())

    assert shown(client, minutes).status_code == 404
    assert converted == []
