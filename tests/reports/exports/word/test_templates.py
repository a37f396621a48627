"""Custom Word templates: checked, stored, used and restored to the default; their faults are named."""

import io
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document

from departments.choices import Role
from reports.choices import TemplateKind
from reports.exports.word import custom_templates, default_templates
from reports.models import DocumentTemplate
from reports.services import templates
from tests.factories import UserFactory
from tests.made_files import RELATION
from wenshang_disclosure.core.web.errors import Conflict, Refused
from wenshang_disclosure.files import uses

pytestmark = pytest.mark.django_db

KIND = TemplateKind.BULLETIN


def word(*paragraphs, header=""):
    """A Word file with these paragraphs; one given as a list is cut into as many runs."""
    made = Document()
    for paragraph in paragraphs:
        added = made.add_paragraph()
        for run in [paragraph] if isinstance(paragraph, str) else paragraph:
            added.add_run(run)
    if header:
        made.sections[0].header.paragraphs[0].text = header
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def upload(content, name="通报模板.docx"):
    return SimpleUploadedFile(name, content)


def changed(content, **parts):
    """The same file with parts put in or replaced; `_` in a name stands for `/`, `__` for a dot."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        names = {name.replace("__", ".").replace("_", "/"): text for name, text in parts.items()}
        for entry in old.infolist():
            new.writestr(entry, names.pop(entry.filename, None) or old.read(entry.filename))
        for name, text in names.items():
            new.writestr(name, text)
    return file.getvalue()


@pytest.fixture
def by(evidence_folder):
    """Somebody of the office."""
    return UserFactory(role=Role.OFFICE)


def replace(by, *paragraphs, **options):
    return templates.replace(KIND, by=by, upload=upload(word(*paragraphs, **options)))


def refusal(by, content, name="模板.docx"):
    with pytest.raises(Refused) as caught:
        templates.replace(KIND, by=by, upload=upload(content, name))
    assert not DocumentTemplate.objects.exists()
    assert default_storage.listdir("") == ([], [])
    return str(caught.value)


@pytest.mark.parametrize("kind", TemplateKind)
def test_the_products_own_templates_pass_their_own_check(by, kind):
    with default_templates.MADE[kind]() as file:
        kept = templates.replace(kind, by=by, upload=upload(file.read()))

    assert (kept.kind, kept.is_used, kept.by) == (kind, True, by)


def test_a_template_is_kept_under_a_random_name(by):
    content = word("{{ 标题 }}")

    kept = templates.replace(KIND, by=by, upload=upload(content, "C:\\机密\\../我的模板.docx"))

    assert kept.file_name == "我的模板.docx"
    assert "模板" not in kept.stored.path
    assert default_storage.open(kept.stored.path).read() == content
    assert templates.open_in_use(KIND).read() == content


def test_the_latest_counts_until_the_products_own_is_put_back(by):
    replace(by, "第一份 {{ 标题 }}")
    second = replace(by, "第二份 {{ 标题 }}")

    assert DocumentTemplate.objects.in_use(KIND) == second
    assert DocumentTemplate.objects.in_use(TemplateKind.ANNUAL_REPORT) is None

    templates.put_back(KIND, by=by)

    assert DocumentTemplate.objects.in_use(KIND) is None
    assert "二、进展较快的单位" in text_of(templates.open_in_use(KIND))
    with pytest.raises(Conflict, match="系统自带模板"):
        templates.put_back(KIND, by=by)


def text_of(file):
    return "\n".join(paragraph.text for paragraph in Document(file).paragraphs)


def test_unknown_fields_are_named_wherever_they_stand(by):
    said = refusal(
        by, word("{{ 标提 }}", "{%p for 行 in 部门 %}", "{{ 行.单伟 }}", "{%p endfor %}", header="{{ 页眉 }}")
    )

    assert "未知字段“标提”；未知字段“行.单伟”；未知字段“页眉”" in said


def test_a_field_may_be_cut_into_runs_as_word_does(by):
    assert replace(by, ["{", "{ ", "标", "题", " }", "}"], ["{{ 合计.", "应办 }}"])
    assert "标题" not in refusal_of_unknown(by)


def refusal_of_unknown(by):
    with pytest.raises(Refused) as caught:
        replace(by, ["{{ 标", "提 }}"])
    return str(caught.value)


@pytest.mark.parametrize(
    ("paragraphs", "near"),
    [
        (["前文", "{%p for 行 in 部门 %}", "{{ 行.单位 }}"], "endfor"),
        (["{{ 标题 "], "标题"),
        (["截至 {{ 截至日期 | }} 为止"], "截至"),
        (["{% 如果 合计 %}"], "如果"),
        (["{%p endfor %}"], "endfor"),
    ],
)
def test_a_mark_that_is_written_wrong_is_shown_with_its_place(by, paragraphs, near):
    said = refusal(by, word(*paragraphs))

    assert "标记写得不对" in said
    assert near in said


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{{ ''.__class__.__mro__ }}", "未知字段“''.__class__.__mro__”"),
        ("{{ 标题.__init__ }}", "未知字段“标题.__init__”"),
        ("{{ 标题.format(1) }}", "函数调用"),
        ("{{ lipsum.__globals__ }}", "未知字段“lipsum.__globals__”"),
        ("{% include 'x' %}", "include"),
        ("{{ 标题|safe }}", "safe"),
    ],
)
def test_a_template_cannot_compute_or_reach_out(by, text, named):
    assert named in refusal(by, word(text))


@pytest.mark.parametrize("text", ["{{r 标题 }}", "{{p 标题 }}", "{%p if 标题 %}甲{{ 标题 }}"])
def test_a_field_where_word_shows_no_text_is_refused(by, text):
    assert refusal(by, word(text))


def test_a_comparison_that_cannot_be_made_is_refused_before_it_is_kept(by):
    assert "试填模板时出错" in refusal(by, word("{% if 标题 > 3 %}甲{% endif %}"))


CONTENT_TYPE = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO_TYPE = b"application/vnd.ms-word.document.macroEnabled.main+xml"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空文件"),
        (b"not a file", "不是可用的 Word 文档"),
        (word()[:-200], "不是可用的 Word 文档"),
        (changed(word(), word_document__xml=b"<broken"), "不是可用的 Word 文档"),
        (changed(word(), word_vbaProject__bin=b"x"), "宏"),
        (changed(word(), word_embeddings_a__xlsx=b"x"), "嵌入对象"),
        (changed(word(), word_document__xml=b"<!DOCTYPE x><a/>"), "不是可用的 Word 文档"),
        (changed(word(), word_big__xml=b"x" * (custom_templates.MAX_XML_BYTES + 1)), "过大"),
        (b"x" * (uses.TEMPLATES.max_bytes + 1), "不能超过5 MB"),
    ],
)
def test_what_is_no_plain_word_file_is_refused(by, content, said):
    assert said in refusal(by, content)


@pytest.mark.parametrize(("other", "said"), [(MACRO_TYPE, "宏"), (b"application/x-other", "不是可用的 Word 文档")])
def test_a_file_that_says_it_is_something_else_is_refused(by, other, said):
    assert said in refusal(by, rewritten(word(), "[Content_Types].xml", CONTENT_TYPE, other))


def test_what_a_template_would_fetch_from_elsewhere_is_refused_but_a_plain_link_is_not(by):
    content = word("{{ 标题 }}")

    for kind in ("image", "attachedTemplate", "oleObject"):
        assert "http://evil.example/a" in refusal(by, linked(content, kind))
    assert templates.replace(KIND, by=by, upload=upload(linked(content, "hyperlink")))


def linked(content, kind):
    """The same file with one relation that leads out."""
    target = f'Type="{RELATION}/{kind}" Target="http://evil.example/a" TargetMode="External"'
    outside = f'<Relationship Id="rId99" {target}/>'
    return rewritten(
        content, "word/_rels/document.xml.rels", b"</Relationships>", outside.encode() + b"</Relationships>"
    )


def rewritten(content, part, old_text, new_text):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(old_text, new_text) if name == part else old.read(name))
    return file.getvalue()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.OFFICE])
def test_only_the_office_replaces_templates(evidence_folder, role):
    by = UserFactory(role=role)

    with pytest.raises(PermissionDenied):
        templates.replace(KIND, by=by, upload=upload(word()))
    with pytest.raises(PermissionDenied):
        templates.put_back(KIND, by=by)


def test_a_template_whose_file_is_gone_says_so(by):
    default_storage.delete(replace(by, "{{ 标题 }}").stored.path)

    with pytest.raises(Refused, match="已不在服务器上"):
        templates.open_in_use(KIND)


# --- the page ---------------------------------------------------------------------------------------------------------


def send(office, content, kind=KIND, name="本办模板.docx"):
    return office.post(reverse("reports:replace-template", args=[kind]), {"upload": upload(content, name)})


def test_the_page_explains_every_field_and_offers_both_templates(office):
    page = office.get(reverse("reports:templates")).content.decode()

    assert [word for word in ("截至日期", "逾期清单", "待补充件数", "系统自带模板") if word not in page] == []


def test_the_office_sends_a_template_gets_it_again_and_puts_the_products_own_back(office):
    content = word("本办：{{ 标题 }}")

    assert send(office, content).status_code == 302
    page = office.get(reverse("reports:templates")).content.decode()
    assert "本办模板.docx" in page
    address = reverse("reports:template-file", args=[KIND])
    assert b"".join(office.get(address).streaming_content) == content
    own = b"".join(office.get(f"{address}?own").streaming_content)
    assert "二、进展较快的单位" in text_of(io.BytesIO(own))

    assert office.post(reverse("reports:put-back-template", args=[KIND])).status_code == 302
    assert "本办模板.docx" not in office.get(reverse("reports:templates")).content.decode()


def test_a_refusal_stands_above_the_form_it_belongs_to_and_nothing_changes(office):
    send(office, word("好的 {{ 标题 }}"))

    response = send(office, word("{{ 标提 }}"), name="坏的.docx")

    assert response.status_code == 422
    page = response.content.decode()
    assert page.count("未知字段“标提”") == 1
    assert page.index('id="bulletin"') < page.index("未知字段“标提”") < page.index('id="annual_report"')
    assert DocumentTemplate.objects.in_use(KIND).file_name == "本办模板.docx"


@pytest.mark.parametrize("name", ["reports:template-file", "reports:replace-template", "reports:put-back-template"])
def test_a_kind_that_is_not_there_is_not_found(office, name):
    method = office.get if name == "reports:template-file" else office.post

    assert method(reverse(name, args=["other"])).status_code == 404
