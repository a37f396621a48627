"""PDF: what runs is refused, what is attached or locked is marked; plain, packed and damaged alike."""

import contextlib
import io
import time
import zlib
from dataclasses import replace

import pikepdf
import pytest

from tests.made_files import PDF, pdf, saved
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.files.inspection import pdf as inspection
from wenshang_disclosure.files.inspection.judging import judge

PACKED = pikepdf.ObjectStreamMode.generate
JS = "<</S/JavaScript/JS(app.alert\\(1\\))>>"


def marks(data):
    return judge(io.BytesIO(data), "a.pdf").marks


def repacked(data):
    return saved(pikepdf.open(io.BytesIO(data)), object_stream_mode=PACKED)


ACTIVE = {
    "opened": ({"OpenAction": JS}, "脚本"),
    "closed": ({"AA": f"<</WC {JS}>>"}, "脚本"),
    "named": ({"Names": f"<</JavaScript<</Names[(a){JS}]>>>>"}, "脚本"),
    "next": ({"OpenAction": f"<</S/GoTo/D[0/Fit]/Next[{JS}]>>"}, "脚本"),
    "field": ({"AcroForm": f"<</Fields[<</FT/Tx/T(a)/AA<</K {JS}>>>>]>>"}, "脚本"),
    "outline": ({"Outlines": f"<</First<</Title(a)/A {JS}>>>>"}, "脚本"),
    "escaped": ({"OpenAction": "<</S/J#61vaScript/J#53(x)>>"}, "脚本"),
    "launch": ({"OpenAction": "<</S/Launch/F(cmd.exe)>>"}, "启动程序"),
    "submit": ({"OpenAction": "<</S/SubmitForm/F(http://x)>>"}, "提交表单"),
    "import": ({"OpenAction": "<</S/ImportData/F(x.fdf)>>"}, "导入数据"),
    "embedded": ({"OpenAction": "<</S/GoToE/T<</R/C/N(a)>>>>"}, "打开附件"),
    "film": ({"X": "[<</Type/Annot/Subtype/RichMedia>>]"}, "多媒体"),
}


@pytest.mark.parametrize("case", ACTIVE)
def test_what_runs_is_refused_and_named(case):
    entries, what = ACTIVE[case]

    with pytest.raises(Refused, match=what):
        marks(pdf(**entries))


@pytest.mark.parametrize("case", ["opened", "field", "launch"])
def test_what_runs_is_found_in_packed_objects_too(case):
    with pytest.raises(Refused, match=ACTIVE[case][1]):
        marks(repacked(pdf(**ACTIVE[case][0])))


def test_what_runs_is_found_behind_a_later_revision():
    data = pdf(OpenAction=JS)

    with pytest.raises(Refused, match="脚本"):
        marks(data + PDF[PDF.index(b"trailer") :].replace(b"/Root", b"/Old"))


def test_a_form_with_a_script_is_refused_and_one_without_is_taken():
    def form(xml):
        document = pikepdf.new()
        document.add_blank_page()
        document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=document.make_stream(xml))
        return saved(document)

    with pytest.raises(Refused, match="脚本"):
        marks(form(b"<template><event><script>x</script></event></template>"))
    assert marks(form(b"<template/>")) == ()


@pytest.mark.parametrize(
    "entries",
    [
        {"OpenAction": "<</S/GoTo/D[0/Fit]>>"},
        {"OpenAction": "[0/Fit]"},
        {"Outlines": "<</First<</Title(a)/A<</S/URI/URI(https://www.example.gov.cn/)>>>>>>"},
        {"StructTreeRoot": "<</K[<</S/P>><</S/Figure>>]>>"},
        {"Lang": "(JavaScript)"},
    ],
)
def test_what_documents_ordinarily_have_is_taken_unmarked(entries):
    assert marks(pdf(**entries)) == ()


@pytest.mark.parametrize("name", [b"/Helvetica", b"/Type1", b"/F1"])
def test_names_in_gbk_are_nothing_to_object_to(name):
    assert marks(PDF.replace(name, b"/" + "宋体".encode("gbk"))) == ()


def test_what_runs_is_found_beside_a_name_in_gbk():
    data = PDF.replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/" + "脚".encode("gbk") + b"/JS(x)>>")

    with pytest.raises(Refused, match="脚本"):
        marks(data)


@pytest.mark.parametrize("mode", [pikepdf.ObjectStreamMode.disable, PACKED])
def test_an_electronic_invoice_with_its_data_is_marked(mode):
    document = pikepdf.new()
    document.add_blank_page()
    document.attachments["发票.xml"] = b"<invoice/>"

    assert marks(saved(document, object_stream_mode=mode)) == ("含附件",)


@pytest.mark.parametrize("name", ["a.exe", "说明.pdf.js", "a.HTA", "a.exe. "])
def test_a_program_attached_to_a_pdf_is_refused(name):
    document = pikepdf.new()
    document.add_blank_page()
    document.attachments[name] = b"x"

    with pytest.raises(Refused, match="附有程序"):
        marks(saved(document))


def test_a_pdf_that_asks_for_a_password_is_marked_and_one_that_only_forbids_editing_is_inspected():
    def locked(data, user):
        return saved(pikepdf.open(io.BytesIO(data)), encryption=pikepdf.Encryption(user=user, owner="owner"))

    assert marks(locked(PDF, "user")) == ("已加密（内容未检查）",)
    assert marks(locked(PDF, "")) == ()
    with pytest.raises(Refused, match="脚本"):
        marks(locked(pdf(OpenAction=JS), ""))


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-60], lambda data: data.replace(b"xref", b"xxxx"), lambda d: d + d]
)
def test_a_damaged_pdf_that_still_opens_is_taken(damage):
    assert marks(damage(PDF)) == ()


FAR = b"startxref\n33333333333333333340\n%%EOF\n"


@pytest.mark.parametrize(
    "data", [PDF[: PDF.index(b"startxref")] + FAR, b"%PDF-1.4", b"%PDF-1.7\n" + b"x" * 5000, PDF[: len(PDF) // 3]]
)
def test_what_no_reader_opens_is_refused(data):
    with pytest.raises(Refused, match="已损坏"):
        marks(data)


def gigabytes(number):
    """So many gigabytes of nothing, compressed: after a full flush the same bytes stand for the same ten megabytes."""
    press, part = zlib.compressobj(9), bytes(10_000_000)
    head = press.compress(part) + press.flush(zlib.Z_FULL_FLUSH)
    return head + (press.compress(part) + press.flush(zlib.Z_FULL_FLUSH)) * (100 * number)


def test_a_pdf_whose_list_of_objects_unpacks_to_gigabytes_is_refused_in_time(monkeypatch):
    monkeypatch.setattr(inspection, "LIMITS", replace(inspection.LIMITS, seconds=2))
    packed = zlib.compress(gigabytes(4), 9)
    entries = f"/Type/XRef/W[1 2 1]/Size 9/Root 1 0 R/Filter[/FlateDecode/FlateDecode]/Length {len(packed)}"
    data = b"%PDF-1.5\n8 0 obj<<" + entries.encode() + b">>stream\n" + packed + b"\nendstream endobj\n"
    started = time.monotonic()

    with pytest.raises(Refused, match="过于复杂|已损坏"):  # by its time or by its memory, whichever is gone first
        marks(data + b"startxref\n9\n%%EOF\n")

    assert time.monotonic() - started < inspection.LIMITS.seconds + 2
    assert len(data) < 100_000


def test_a_pdf_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(inspection, "LIMITS", replace(inspection.LIMITS, seconds=0.01))

    with pytest.raises(Refused, match="过于复杂"):
        marks(repacked(PDF))


@pytest.mark.parametrize("depth", [50, 1000, 100_000])
def test_deeply_nested_values_are_answered(depth):
    nested = b"[" * depth + b"]" * depth
    data = PDF.replace(b"/Type/Catalog", b"/Type/Catalog/X" + nested)

    assert nested in data
    with contextlib.suppress(Refused):
        marks(data)
