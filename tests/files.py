"""Small real files."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

from tasks.management.activity import small_pdf, small_png


def pdf_upload(name="evidence.pdf", line="Evidence"):
    """A one-page PDF."""
    return SimpleUploadedFile(name, small_pdf(line), "application/pdf")


def png_upload(name="picture.png"):
    """A picture."""
    return SimpleUploadedFile(name, small_png(60, 40), "image/png")


def program_upload(name="方案.pdf"):
    """A program under the name of a document."""
    return SimpleUploadedFile(name, b"MZ\x90\x00\x03" + b"\0" * 200, "application/pdf")


def docx_bytes():
    """The least that is a .docx by its parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return buffer.getvalue()
