"""Whatever comes in is answered in time, and nothing is taken for what it is not: mutated real files, and noise."""

import contextlib
import io
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from departments.imports import reading as register_reading
from tasks.imports.reading import files as table_reading
from tests.environment import LONG
from tests.made_files import docx_bytes, ole, pdf, sample
from wenshang_disclosure.core.web.errors import Refused, Unreadable
from wenshang_disclosure.files.inspection import pictures, text
from wenshang_disclosure.files.inspection.judging import judge
from wenshang_disclosure.files.inspection.kinds import ALLOWED

EXAMPLES = 500 if LONG else 15
SECONDS = 22  # the longest that a PDF's own process may take, and some
PARSED = [ending for ending in ALLOWED if not ALLOWED[ending][1].startswith(("video", "text"))]
NUMBERS = [0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 2**63, 2**64 - 1]
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@st.composite
def damaged(draw, whole):
    """A real file with bytes changed, huge numbers written over, pieces cut out, doubled or added."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.integers(1, 64))
        how = draw(st.sampled_from(["number", "noise", "cut", "double", "end", "add"]))
        if how == "number":
            number, size = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from([1, 2, 4, 8]))
            data[at : at + size] = (number % 256**size).to_bytes(size, draw(st.sampled_from(["little", "big"])))
        elif how == "noise":
            data[at : at + length] = draw(st.binary(min_size=length, max_size=length))
        elif how == "cut":
            del data[at : at + length]
        elif how == "double":
            data[at:at] = data[at : at + length] * draw(st.integers(1, 50))
        elif how == "end":
            del data[at:]
        else:
            data += draw(st.binary(max_size=64))
    return bytes(data)


def verdict(ending, data):
    """What is said of a file: its type, or `None` where it is refused; anything else is a fault of ours."""
    started = time.monotonic()
    try:
        found = judge(io.BytesIO(data), f"a.{ending}").content_type
    except Refused as refusal:
        found = None
        assert f"a.{ending}" in str(refusal)  # noqa: PT017 - a refusal is one of two good answers
    assert time.monotonic() - started < SECONDS
    return found


@pytest.mark.parametrize("ending", PARSED)
@fuzzed
@given(data=st.data())
def test_a_damaged_file_is_taken_as_its_own_kind_or_refused(ending, data):
    damage = data.draw(damaged(sample(ending)))

    assert verdict(ending, damage) in {ALLOWED[ending][0], None}


@pytest.mark.parametrize("ending", PARSED)
@fuzzed
@given(noise=st.binary(max_size=400), head=st.integers(0, 40))
def test_noise_behind_a_good_head_is_no_file(ending, noise, head):
    data = sample(ending)[:head] + noise

    if len(data) < len(sample(ending)) // 2 or ending == "pdf":
        assert verdict(ending, data) is None
    else:
        verdict(ending, data)


@fuzzed
@given(data=st.data(), ending=st.sampled_from(PARSED), other=st.sampled_from(list(ALLOWED)))
def test_a_file_under_the_ending_of_another_kind_is_refused(data, ending, other):
    same = (
        ALLOWED[ending][1] == ALLOWED[other][1] or other == "zip" and ALLOWED[ending][1].startswith(("office", "ofd"))
    )

    found = verdict(other, sample(ending))

    assert same or found is None


@fuzzed
@given(data=st.data(), entry=st.sampled_from(["/S/JavaScript/JS(x)", "/S/Launch/F(x)", "/S/URI/URI(x)"]))
def test_a_damaged_pdf_with_actions_is_answered(data, entry):
    verdict("pdf", data.draw(damaged(pdf(OpenAction=f"<<{entry}>>"))))


@fuzzed
@given(data=st.data())
def test_a_damaged_old_file_with_a_password_or_macros_is_answered(data):
    whole = ole({"WordDocument": b"", "EncryptedPackage": b"", "Macros/VBA/dir": b"x"})

    for ending in ("docx", "doc"):
        verdict(ending, data.draw(damaged(whole)))


@fuzzed
@given(content=st.one_of(st.binary(max_size=500), st.text(max_size=300).map(str.encode)))
def test_any_bytes_as_text_are_answered_and_no_page_passes(content):
    for ending in ("txt", "csv"):
        if verdict(ending, content):
            assert not text.MARKUP.search(content.decode("utf-8", "ignore")[:100].lstrip("\ufeff")[:6])


@pytest.mark.parametrize("ending", ["jpg", "png", "gif", "webp", "bmp"])
@fuzzed
@given(data=st.data())
def test_a_damaged_picture_is_shown_or_not_shown(ending, data):
    with contextlib.suppress(OSError):
        assert pictures.for_page(io.BytesIO(data.draw(damaged(sample(ending))))).startswith(b"\xff\xd8")


@pytest.mark.parametrize("whole", [docx_bytes(), sample("xlsx")], ids=["docx", "xlsx"])
@fuzzed
@given(data=st.data())
def test_a_damaged_table_is_read_or_said_to_be_unreadable(whole, data, tmp_path):
    file = tmp_path / "table"
    file.write_bytes(data.draw(damaged(whole)))

    for read in (table_reading.read, lambda path: register_reading.read(path.open("rb"))):
        with contextlib.suppress(Unreadable):
            read(file)
