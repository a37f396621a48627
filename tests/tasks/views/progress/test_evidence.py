"""A file of evidence goes out as it came in, as an attachment that no browser runs."""

import io
from urllib.parse import quote

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import ExifTags, Image

from tasks.choices import EvidenceKind
from tasks.models import Evidence
from tasks.services.progress import evidence
from tests.made_files import pdf_upload, picture, png_upload
from wenshang_disclosure.files.choices import ScanState
from wenshang_disclosure.files.inspection import pictures
from wenshang_disclosure.files.models import StoredFile

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_made_before():
    caches["pictures"].clear()


@pytest.fixture
def liaison(client, county):
    client.force_login(county.people["liaison"])
    return client


def attached(county, upload):
    return evidence.attach_file(county.draft, upload, by=county.people["liaison"], kind=EvidenceKind.OTHER)


def address(item):
    return reverse("tasks:evidence", args=[item.pk])


def test_the_content_comes_back_byte_for_byte(liaison, county):
    sent = pdf_upload("方案.pdf").read()

    response = liaison.get(address(county.item))

    assert b"".join(response.streaming_content) == sent
    assert response["Content-Length"] == str(len(sent))


@pytest.mark.parametrize(
    ("upload", "content_type"),
    [
        (lambda: pdf_upload("方案.pdf"), "application/pdf"),
        (lambda: png_upload("照片.png"), "image/png"),
        (lambda: SimpleUploadedFile("说明.txt", b"1 < 2 & 3 > 2"), "text/plain; charset=utf-8"),
    ],
)
def test_no_browser_runs_what_is_downloaded(liaison, county, upload, content_type):
    item = attached(county, upload())

    response = liaison.get(address(item))

    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("name", ["方案.pdf", "a b.pdf", "引“号”.pdf", "semi;colon.pdf", "😀.pdf", "50%.pdf"])
def test_the_name_is_told_in_a_way_that_every_browser_reads(liaison, county, name):
    item = attached(county, pdf_upload(name))

    disposition = liaison.get(address(item))["Content-Disposition"]

    plain = f'attachment; filename="{name}"'
    encoded = f"attachment; filename*=utf-8''{quote(name)}"
    assert disposition == (plain if name.isascii() else encoded)


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "..\\..\\boot.pdf", "a\r\nSet-Cookie: x=1.pdf", 'quo"te.pdf'])
def test_a_name_is_neither_a_path_nor_a_header(liaison, county, name, evidence_folder):
    item = attached(county, pdf_upload(name))

    response = liaison.get(address(item))

    assert response.status_code == 200
    assert not {"/", "\\", "\r", "\n"} & set(item.file_name)
    assert "Set-Cookie" not in response.headers
    assert (evidence_folder / item.stored.path).is_file()


# --- pictures, shown in a page ----------------------------------------------------------------------------------------


def taken(size=(400, 300), **said):
    """A photo as a phone makes it: lying on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Orientation] = "PhoneMaker", 6
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (35.0, 44.0, 10.0)
    return SimpleUploadedFile("照片.jpg", picture("jpg", size=size, exif=exif, **said))


def shown(liaison, item):
    return liaison.get(reverse("tasks:evidence-picture", args=[item.pk]))


def test_a_picture_is_shown_upright_and_without_what_the_camera_wrote(liaison, county):
    upload = taken(comment=b"secret remark")
    sent = upload.read()
    item = attached(county, upload)

    response = shown(liaison, item)

    assert b"PhoneMaker" in sent
    made = Image.open(io.BytesIO(response.content))
    assert (made.format, made.size) == ("JPEG", (300, 400))
    assert (dict(made.getexif()), set(made.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}) == ({}, set())
    assert not {word for word in (b"Exif", b"PhoneMaker", b"secret") if word in response.content}
    assert b"".join(liaison.get(address(item)).streaming_content) == sent


@pytest.mark.parametrize("ending", ["jpg", "png", "gif", "webp", "bmp"])
def test_every_kind_of_picture_is_shown_at_most_2000_pixels_wide(liaison, county, ending):
    item = attached(county, SimpleUploadedFile(f"a.{ending}", picture(ending, size=(2600, 1300))))

    response = shown(liaison, item)

    assert Image.open(io.BytesIO(response.content)).size == (2000, 1000)


def test_what_is_transparent_is_white(liaison, county):
    made = io.BytesIO()
    Image.new("RGBA", (10, 10), (255, 0, 0, 0)).save(made, "PNG")
    item = attached(county, SimpleUploadedFile("a.png", made.getvalue()))

    assert Image.open(io.BytesIO(shown(liaison, item).content)).getpixel((5, 5)) == (255, 255, 255)


def test_a_shown_picture_is_guarded_as_a_download_is(liaison, county):
    response = shown(liaison, attached(county, png_upload()))

    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]


def test_a_picture_is_made_once_and_not_shown_when_it_may_not_be_opened(liaison, county, monkeypatch):
    item = attached(county, SimpleUploadedFile("a.png", picture("png", size=(62, 42))))
    first = shown(liaison, item)
    monkeypatch.setattr(pictures, "for_page", lambda *args, **kwargs: pytest.fail("made twice"))

    again = shown(liaison, item)
    StoredFile.objects.filter(pk=item.stored_id).update(scan=ScanState.INFECTED)
    withheld = shown(liaison, item)

    assert (first.status_code, again.content, withheld.status_code) == (200, first.content, 409)


@pytest.mark.parametrize("lock", ["_one_large", "_one_other"])
def test_while_others_are_made_the_person_is_asked_to_wait_and_no_thread_is_held(liaison, county, monkeypatch, lock):
    size = {"_one_large": (4000, 3100), "_one_other": (63, 43)}[lock]
    item = attached(county, SimpleUploadedFile("a.png", picture("png", size=size)))
    monkeypatch.setitem(pictures.WAIT_SECONDS, "page", 0.01)

    with getattr(pictures, lock):
        busy = shown(liaison, item)

    assert (busy.status_code, shown(liaison, item).status_code) == (503, 200)
    assert pictures.BUSY in busy.content.decode()


def test_what_is_no_picture_or_is_gone_is_not_shown(liaison, county, evidence_folder):
    gone = attached(county, png_upload())
    spoilt = attached(county, SimpleUploadedFile("a.png", picture("png", size=(61, 41))))
    (evidence_folder / gone.stored.path).unlink()
    broken = bytearray(picture("png"))
    broken[8:12] = b"\xff\xff\xff\xff"
    (evidence_folder / spoilt.stored.path).write_bytes(broken)

    assert [shown(liaison, item).status_code for item in (county.item, gone, spoilt)] == [404, 404, 404]


def test_the_page_shows_the_picture_made_anew_and_the_marks(client, county):
    item = attached(county, taken())
    Evidence.objects.filter(pk=item.pk).update(report=county.report, order=9)
    StoredFile.objects.filter(pk=county.item.stored_id).update(marks="含附件")
    client.force_login(county.people["office"])

    page = client.get(reverse("tasks:review", args=[county.report.pk])).content.decode()

    assert f'src="{reverse("tasks:evidence-picture", args=[item.pk])}"' in page
    assert f'src="{address(item)}"' not in page
    assert "含附件" in page


def test_the_head_alone_can_be_asked_for(liaison, county):
    response = liaison.head(address(county.item))

    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == str(county.item.stored.size)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_can_only_be_read(liaison, county, method):
    response = getattr(liaison, method)(address(county.item))

    assert response.status_code == 405


def test_a_file_that_is_missing_on_the_disk_answers_that_it_is_not_there(liaison, county, evidence_folder):
    (evidence_folder / county.item.stored.path).unlink()

    response = liaison.get(address(county.item))

    assert response.status_code == 404
    assert "您要看的内容不存在" in response.content.decode()


def test_an_id_beyond_every_number_answers_that_it_is_not_there(liaison, county):
    response = liaison.get(f"/evidence/{'9' * 30}/")

    assert response.status_code == 404


def test_a_files_path_is_no_address(liaison, county):
    responses = [liaison.get(f"{root}/{county.item.stored.path}") for root in ("", "/static", "/media", "/evidence")]

    assert [response.status_code for response in responses] == [404] * 4


def test_files_are_kept_under_random_names_outside_what_is_served(county, settings):
    served = [str(settings.STATIC_ROOT), *map(str, settings.STATICFILES_DIRS)]

    assert "方案" not in county.item.stored.path
    assert [root for root in served if str(settings.EVIDENCE_ROOT).startswith(root)] == []
