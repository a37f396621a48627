"""Encrypted backups open with their key only, and nothing of the rows, files or settings can be read without it."""

import io

import pyrage
import pytest
from django.core.management import CommandError, call_command
from pyrage import x25519

from departments.models import Unit
from wenshang_disclosure.ops.backup import encryption, folder
from wenshang_disclosure.ops.backup.errors import Stopped
from wenshang_disclosure.ops.backup.restoring import restore
from wenshang_disclosure.ops.backup.taking import back_up

from . import reading

PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def key(tmp_path_factory):
    """A key file as `age-keygen` writes it, and its public half."""
    identity = x25519.Identity.generate()
    path = tmp_path_factory.mktemp("key") / "key.txt"
    path.write_text(f"# created: 2024-01-01\n# public key: {identity.to_public()}\n{identity}\n", encoding="utf-8")
    return path, str(identity.to_public())


def test_what_a_passphrase_sealed_opens_with_it_alone(place, settings):
    settings.BACKUP_PASSPHRASE = PASSPHRASE
    with folder.writing(place / "one", encryption.for_writing()) as new:
        new.add("rows/some", [b"one ", b"two"])

    settings.BACKUP_PASSPHRASE = ""
    with pytest.raises(Stopped, match="set BACKUP_PASSPHRASE"):
        encryption.for_reading(encryption.BY_PASSPHRASE, place / "one")
    settings.BACKUP_PASSPHRASE = PASSPHRASE
    cipher = encryption.for_reading(encryption.BY_PASSPHRASE, place / "one")

    with cipher.open(place / "one/rows/some.age") as content:
        assert content.read() == b"one two"


def test_wrong_passphrase_is_told(place, settings, monkeypatch):
    """Deriving a key takes seconds by design, so the refusal itself is played."""
    settings.BACKUP_PASSPHRASE = "another horse of somebody else"
    (place / "key.age").write_bytes(b"sealed")

    def refuse(*args):
        raise pyrage.DecryptError("Decryption failed")

    monkeypatch.setattr(encryption.passphrase, "decrypt", refuse)

    with pytest.raises(Stopped, match="not the passphrase of this backup"):
        encryption.for_reading(encryption.BY_PASSPHRASE, place)


@pytest.mark.django_db(transaction=True)
def test_backup_for_a_recipient_restores_with_its_key_alone(whole_county, lose_everything, place, settings, key):
    file, settings.BACKUP_RECIPIENT = key
    another = place / "another.txt"
    another.write_text(f"{x25519.Identity.generate()}\n", encoding="utf-8")
    back_up(place / "one", encrypt=True)
    units = Unit.objects.count()
    lose_everything()

    with pytest.raises(Stopped, match="--identity"):
        restore(place / "one")
    with pytest.raises(Stopped, match="cannot be opened with that key"):
        restore(place / "one", identity_file=another)
    restore(place / "one", identity_file=file)

    assert Unit.objects.count() == units


@pytest.mark.django_db(transaction=True)
def test_nothing_but_the_outer_manifest_is_in_the_clear(whole_county, place, settings, key):
    _, settings.BACKUP_RECIPIENT = key

    back_up(place / "one", encrypt=True)

    paths = [path for path in (place / "one").rglob("*") if path.is_file() and path.name != "manifest.json"]
    assert all(path.read_bytes().startswith(b"age-encryption.org/v1\n") for path in paths)
    assert len(paths) == len(reading.manifest(place / "one")["files"]) + 1


@pytest.mark.django_db(transaction=True)
def test_manifest_that_was_changed_differs_from_its_encrypted_copy(
    evidence_folder, lose_everything, place, settings, key
):
    file, settings.BACKUP_RECIPIENT = key
    back_up(place / "one", encrypt=True)
    lose_everything()
    reading.change(place / "one", taken_at="2020-01-01T00:00:00+00:00")

    with pytest.raises(Stopped, match="differs from the encrypted copy"):
        restore(place / "one", identity_file=file)


@pytest.mark.parametrize(
    ("secret", "recipient"), [("", ""), (PASSPHRASE, "age1somebody"), ("", "age1nobody")], ids=["none", "two", "bad"]
)
def test_encrypting_needs_one_good_key(place, settings, secret, recipient):
    settings.BACKUP_PASSPHRASE, settings.BACKUP_RECIPIENT = secret, recipient

    with pytest.raises(CommandError, match="BACKUP_RECIPIENT"):
        call_command("backup", place / "one", "--encrypt")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("options", "is_encrypted"), [([], True), (["--plain"], False)])
def test_a_backup_is_encrypted_where_a_key_is_set(place, settings, options, is_encrypted):
    settings.BACKUP_PASSPHRASE = PASSPHRASE

    call_command("backup", place / "one", *options, stdout=io.StringIO())

    assert (place / "one" / "key.age").exists() == is_encrypted


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_plain_where_no_key_is_set(place):
    call_command("backup", place / "one", stdout=io.StringIO())

    assert (place / "one" / "settings.env").exists()


def test_big_files_are_encrypted_piece_by_piece():
    """Each piece is written before the next one is read."""
    identity = x25519.Identity.generate()
    taken, out = [0], io.BytesIO()

    def pieces():
        for _ in range(50):
            assert taken[0] - len(out.getvalue()) < 3 * 1024 * 1024
            taken[0] += 1024 * 1024
            yield b"x" * 1024 * 1024

    encryption.Age("recipient", recipient=identity.to_public()).write(pieces(), out)

    out.seek(0)
    content = io.BytesIO()
    pyrage.decrypt_io(out, content, [identity])
    assert content.getvalue() == b"x" * 50 * 1024 * 1024
