"""Evidence on S3-compatible storage, against a real server on this machine."""

import hashlib
import io
import json
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from moto.server import ThreadedMotoServer

from tasks.choices import EvidenceKind
from tasks.services.progress import evidence
from tests.made_files import pdf_upload
from tests.test_settings import start
from wenshang_disclosure.files.models import StoredFile

pytestmark = pytest.mark.django_db

KEYS = {"EVIDENCE_S3_KEY": "key", "EVIDENCE_S3_SECRET": "secret"}


@pytest.fixture(scope="module")
def server():
    """An S3 server on loopback."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    yield f"http://{host}:{port}"
    moto.stop()


@pytest.fixture
def storage_bucket(server, settings, tmp_path):
    """A bucket where evidence is kept as the settings say, with the files that records have so far."""
    named = {"EVIDENCE_S3_BUCKET": "evidence", "EVIDENCE_S3_ENDPOINT": server, **KEYS}
    code = "import json, wenshang_disclosure.settings as s; print(json.dumps(s.STORAGES['default'], default=str))"
    read = json.loads(start(tmp_path, code, **named).stdout)
    paths = [path for path in StoredFile.objects.values_list("path", flat=True) if default_storage.exists(path)]
    so_far = {path: default_storage.open(path).read() for path in paths}
    settings.STORAGES = {**settings.STORAGES, "default": read}
    bucket = default_storage.connection.create_bucket(Bucket="evidence")
    for path, content in so_far.items():
        default_storage.save(path, ContentFile(content))
    yield bucket
    bucket.objects.all().delete()
    bucket.delete()


@pytest.fixture
def bucket(county, storage_bucket):
    """The bucket with the evidence of the county's reports."""
    return storage_bucket


def another(settings, **options):
    """Change how the bucket is asked for."""
    default = settings.STORAGES["default"]
    settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": {**default["OPTIONS"], **options}}}


def body(response):
    return b"".join(response.streaming_content)


def test_evidence_is_kept_in_the_bucket_and_comes_back_byte_for_byte(client, county, bucket):
    upload = pdf_upload("方案.pdf")
    sent = upload.read()
    upload.seek(0)

    item = evidence.attach_file(county.draft, upload, by=county.people["liaison"], kind=EvidenceKind.OTHER)
    client.force_login(county.people["liaison"])
    answer = client.get(reverse("tasks:evidence", args=[item.pk]))

    assert bucket.Object(item.stored.path).get()["Body"].read() == sent
    assert body(answer) == sent
    assert hashlib.sha256(sent).hexdigest() == item.stored.sha256


def test_package_is_made_of_what_is_in_the_bucket(client, county, bucket):
    client.force_login(county.people["office"])

    packed = zipfile.ZipFile(io.BytesIO(body(client.get(reverse("reports:export-package")))))

    names = [name for name in packed.namelist() if name.endswith(".pdf")]
    assert [packed.read(name) for name in names] == [bucket.Object(county.item.stored.path).get()["Body"].read()]


def test_refused_record_leaves_nothing_in_the_bucket(county, bucket):
    there = {found.key for found in bucket.objects.all()}

    with pytest.raises(PermissionDenied):
        evidence.attach_file(county.draft, pdf_upload(), by=county.people["stranger"], kind=EvidenceKind.OTHER)

    assert {found.key for found in bucket.objects.all()} == there


def test_file_that_is_gone_from_the_bucket_answers_like_one_that_never_was(client, county, bucket):
    bucket.Object(county.item.stored.path).delete()
    client.force_login(county.people["liaison"])

    assert client.get(reverse("tasks:evidence", args=[county.item.pk])).status_code == 404


def test_server_is_ready_only_while_the_storage_answers(client, county, bucket, settings):
    assert client.get("/readyz").json()["storage"] == "ok"

    another(settings, bucket_name="elsewhere")

    assert client.get("/readyz").status_code == 503


def test_storage_that_is_away_is_said_in_chinese_and_what_was_typed_stays(client, county, bucket, settings):
    client.force_login(county.people["liaison"])
    before = StoredFile.objects.count()
    typed = {"text": "七月的进展。", "version": county.draft.version, "action": "attach", "file_kind": "minutes"}

    another(settings, endpoint_url="http://127.0.0.1:9")
    answer = client.post(reverse("tasks:report", args=[county.duty.pk]), {**typed, "files": [pdf_upload("方案.pdf")]})

    assert "存放材料的存储暂时连接不上，文件没有保存。" in answer.content.decode()
    assert answer.context["form"]["text"].value() == "七月的进展。"
    assert StoredFile.objects.count() == before
    assert client.get(reverse("tasks:evidence", args=[county.item.pk])).status_code == 503
