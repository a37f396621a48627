"""Where a photo was taken is found and taken out; nothing else of it changes."""

import io

import pytest
from PIL import ExifTags, Image

from tests.made_files import photo, picture
from wenshang_disclosure.files.inspection import places

XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="35,43.5N"/></rdf:RDF></x:xmpmeta>'
)


def opened(content):
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_the_place_is_taken_out_and_the_picture_stays(ending):
    taken = photo(ending)

    freed = places.taken_out(taken)

    assert (places.is_told_by(taken), places.is_told_by(freed)) == (True, False)
    assert opened(freed).tobytes() == opened(taken).tobytes()


def test_a_jpeg_keeps_its_day_and_its_length():
    taken = photo()

    freed = places.taken_out(taken)

    assert len(freed) == len(taken)
    assert opened(freed).getexif().get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] == "2024:09:10 10:00:00"


@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_the_place_in_xmp_is_found_and_taken_out(ending):
    if ending == "png":
        from PIL.PngImagePlugin import PngInfo

        about = PngInfo()
        about.add_itxt("XML:com.adobe.xmp", XMP.decode())
        taken = picture("png", pnginfo=about)
    else:
        taken = picture(ending, xmp=XMP)

    freed = places.taken_out(taken)

    assert (places.is_told_by(taken), places.is_told_by(freed)) == (True, False)
    assert opened(freed).tobytes() == opened(taken).tobytes()


def test_pictures_appended_to_the_first_are_freed_too():
    taken = photo() + photo()

    freed = places.taken_out(taken)

    assert b"35,43" not in freed
    assert not places.is_told_by(freed[len(photo()) :])


@pytest.mark.parametrize("ending", ["jpg", "png", "gif", "webp", "bmp"])
def test_other_pictures_say_nothing(ending):
    assert not places.is_told_by(picture(ending))


def test_a_damaged_structure_is_left_as_it_is():
    content = picture() + b"Exif\0\0II*\0\xff\xff\xff\x7f"

    assert places.taken_out(content) == content
