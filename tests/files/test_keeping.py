"""Every use of uploads has the same door: what it refuses, in which order, and that nothing is left of it."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from departments.models import UnitImport
from departments.services import region, unit_imports
from reports.choices import TemplateKind
from reports.exports.word import default_templates
from reports.models import DocumentTemplate
from reports.services import templates
from tasks.choices import EvidenceKind
from tasks.models import Evidence, Extension, PlanImport
from tasks.services.deadlines import extensions
from tasks.services.plans import imports
from tasks.services.progress import evidence
from tests.departments.registers import register_file
from tests.made_files import EICAR, EXE, PDF, docx_bytes, office, png_upload, upload
from wenshang_disclosure.core.models import Allowance, Region
from wenshang_disclosure.core.web.errors import Refused
from wenshang_disclosure.core.web.rate_limits import TooMany
from wenshang_disclosure.files import keeping, uses
from wenshang_disclosure.files.choices import ScanState
from wenshang_disclosure.files.models import StoredFile

from .clamd import false_scanner, finds

pytestmark = pytest.mark.django_db


def attach(county, person, file):
    return evidence.attach_file(county.draft, file, by=person, kind=EvidenceKind.OTHER)


def ask(county, person, file):
    duty = county.other_duty
    about = {"requested_due_on": duty.due_on.replace(year=2099), "reason": "材料未齐。", "late_reason": "疏忽。"}
    return extensions.ask(duty, by=person, files=[file], **about)


def import_table(county, person, file):
    return imports.receive(file, by=person, year=2025)


def import_register(county, person, file):
    return unit_imports.receive(file, by=person)


def name_region(county, person, file):
    return region.save(by=person, upload=file, name="任城区", level="district")


def replace_template(county, person, file):
    return templates.replace(TemplateKind.BULLETIN, by=person, upload=file)


@dataclass(frozen=True)
class Door:
    """A service that takes a file: who sends what, a file of another kind, and what comes of it."""

    use: str
    send: Any
    who: str
    name: str
    good: Any
    other: bytes
    makes: Any

    def __str__(self):
        return self.send.__name__


DOORS = [
    Door("LOGOS", name_region, "administrator", "徽标.png", lambda: png_upload("徽标.png").read(), EXE, Region),
    Door("EVIDENCE", attach, "liaison", "说明.pdf", lambda: PDF, EXE, Evidence),
    Door("EVIDENCE", ask, "stranger", "说明.pdf", lambda: PDF, EXE, Extension),
    Door("TABLES", import_table, "office", "表.docx", docx_bytes, EXE, PlanImport),
    Door("REGISTERS", import_register, "office", "名册.xlsx", lambda: register_file().read(), PDF, UnitImport),
    Door(
        "TEMPLATES",
        replace_template,
        "office",
        "模板.docx",
        lambda: default_templates.MADE[TemplateKind.BULLETIN]().read(),
        office("xlsx"),
        DocumentTemplate,
    ),
]
every_door = pytest.mark.parametrize("door", DOORS, ids=str)


@pytest.fixture
def send(county, evidence_folder):
    """Return a function that sends data through a door; what a refused file left is told."""

    def left(door):
        return (
            door.makes.objects.count(),
            StoredFile.objects.count(),
            sum(path.is_file() for path in evidence_folder.rglob("*")),
        )

    def sent(door, data, name=""):
        file, before = SimpleUploadedFile(name or door.name, data), left(door)
        try:
            return door.send(county, county.people[door.who], file)
        except Refused:
            assert left(door) == before
            raise

    return sent


def use_up(person, settings):
    settings.UPLOADS_PER_HOUR = used_by(person)


def used_by(person):
    return sum(Allowance.objects.filter(who=person.pk, limit="upload").values_list("used", flat=True))


@every_door
def test_a_good_file_is_taken_and_counted(send, county, door):
    person, before = county.people[door.who], door.makes.objects.count()
    used = used_by(person)

    send(door, door.good())

    assert door.makes.objects.count() == before + 1
    assert used_by(person) == used + 1


@every_door
def test_an_empty_file_is_refused(send, door):
    with pytest.raises(Refused, match=f"“{door.name}”是空文件"):
        send(door, b"")


@every_door
def test_too_large_a_file_is_refused_before_it_is_inspected(send, door, settings, monkeypatch):
    settings.EVIDENCE_MAX_BYTES = 1024
    monkeypatch.setattr(uses.Use, "judge", None)
    most = getattr(uses, door.use).max_bytes or settings.EVIDENCE_MAX_BYTES

    with pytest.raises(Refused, match="超过"):
        send(door, b"x" * (most + 1))


@every_door
def test_content_that_is_not_what_the_name_says_is_refused(send, door):
    with pytest.raises(Refused, match=r"不符|是程序|不是 .xlsx 文件|不是可用的 Word 文档|不是图片"):
        send(door, door.other)


@every_door
def test_who_has_uploaded_too_many_is_refused_before_the_file_is_inspected(send, county, door, settings, monkeypatch):
    use_up(county.people[door.who], settings)
    monkeypatch.setattr(uses.Use, "judge", None)

    with pytest.raises(TooMany, match="上传过于频繁"):
        send(door, door.good())


@every_door
def test_an_infected_file_is_refused(send, door, settings, tmp_path):
    with false_scanner(tmp_path, finds("Eicar")) as settings.CLAMAV_SOCKET, pytest.raises(Refused, match="发现病毒"):
        send(door, door.good())


@every_door
def test_while_the_scanner_is_away_only_what_is_not_used_at_once_is_taken(send, door, settings, tmp_path):
    settings.CLAMAV_SOCKET = str(tmp_path / "nobody.sock")

    if getattr(uses, door.use).needs_scan_now:
        with pytest.raises(Refused, match="病毒扫描服务暂时不可用"):
            send(door, door.good())
    else:
        send(door, door.good())
        assert StoredFile.objects.latest("pk").scan == ScanState.WAITING


@pytest.mark.parametrize("name", ["REGISTERS", "TEMPLATES"])
def test_an_ending_that_a_use_does_not_take_is_refused_whatever_the_content(send, name):
    door = next(door for door in DOORS if door.use == name)

    with pytest.raises(Refused):
        send(door, door.good(), "文件.doc")


def test_what_an_inspection_would_only_mark_is_refused_where_the_use_says_so(county):
    linked = office("docx", **{"word/_rels/document.xml.rels": LINKED})
    person = county.people["office"]

    [kept] = keeping.inspect([upload("甲.docx", linked)], uses.EVIDENCE, by=person)
    with pytest.raises(Refused, match="“甲.docx”含外部链接，不能使用"):
        keeping.inspect([upload("甲.docx", linked)], uses.TEMPLATES, by=person)

    assert kept.verdict.in_words == "含外部链接"


LINKED = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
    'Type="http://x/attachedTemplate" Target="C:\\\\a.dotx" TargetMode="External"/></Relationships>'
)


def test_of_several_files_one_bad_one_keeps_all_from_being_kept(county, evidence_folder):
    before = sorted(evidence_folder.rglob("*"))
    files = [upload("好.txt", b"good"), upload("坏.pdf", EXE)]

    with pytest.raises(Refused, match="坏.pdf"), keeping.kept(files, uses.EVIDENCE, by=county.people["liaison"]):
        pass

    assert sorted(evidence_folder.rglob("*")) == before


def test_a_file_that_the_block_does_not_save_goes_again(county, evidence_folder):
    with keeping.kept([upload("甲.txt", EICAR)], uses.EVIDENCE, by=county.people["liaison"]) as [(_, stored)]:
        assert (evidence_folder / stored.path).exists()

    assert not (evidence_folder / stored.path).exists()


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/方案.pdf", "方案.pdf"),
        ("C:\\用户\\桌面\\方案.pdf", "方案.pdf"),
        ("/root/.ssh/方案.pdf", "方案.pdf"),
        ("方\x00案\x1b.pdf", "方案.pdf"),
        ("方案\u202efdp.pdf", "方案fdp.pdf"),
        ("\x01", "未命名"),
        ("", "未命名"),
    ],
)
def test_a_name_is_shown_without_folders_and_control_characters(given, shown):
    assert keeping.shown_name(given) == shown


@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n"])
def test_a_name_is_shown_on_one_line(line_break):
    shown = keeping.shown_name(f"方案{line_break}二.pdf")

    assert shown.splitlines() == [shown]


def test_a_name_of_300_characters_keeps_its_beginning_and_its_ending():
    shown = keeping.shown_name("长" * 296 + ".pdf")

    assert len(shown) <= 200
    assert (shown[:5], shown[-4:]) == ("长长长长长", ".pdf")
