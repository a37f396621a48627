"""Whatever happened to a backup on its way is found before anything is restored."""

import shutil

import pytest

from departments.models import Unit
from wenshang_disclosure.ops.backup import tables
from wenshang_disclosure.ops.backup.errors import Stopped
from wenshang_disclosure.ops.backup.restoring import restore
from wenshang_disclosure.ops.backup.taking import back_up

from . import reading

pytestmark = pytest.mark.django_db(transaction=True)

TABLE = "rows/departments.unit.jsonl.gz"


def truncate(folder):
    (folder / TABLE).write_bytes((folder / TABLE).read_bytes()[:-20])


def change(folder):
    content = bytearray((folder / TABLE).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / TABLE).write_bytes(content)


def change_evidence(folder):
    evidence = next(path for path in folder.glob("evidence/*/*"))
    evidence.write_bytes(b"another")


def lose(folder):
    (folder / TABLE).unlink()


def add(folder):
    (folder / "rows/more.jsonl.gz").write_bytes(b"")


def truncate_manifest(folder):
    (folder / "manifest.json").write_bytes((folder / "manifest.json").read_bytes()[:-5])


def lose_manifest(folder):
    (folder / "manifest.json").unlink()


DAMAGE = {
    truncate: f"{TABLE} was changed",
    change: f"{TABLE} was changed",
    change_evidence: "evidence/.* was changed",
    lose: f"{TABLE} is missing",
    add: "rows/more.jsonl.gz is not in the manifest",
    truncate_manifest: "cannot be read",
    lose_manifest: "not a complete backup",
}


def test_damage_is_found_before_anything_is_written(whole_county, lose_everything, place):
    back_up(place / "one")
    lose_everything()
    for damage, says in DAMAGE.items():
        shutil.copytree(place / "one", place / damage.__name__)
        damage(place / damage.__name__)

        with pytest.raises(Stopped, match=says):
            restore(place / damage.__name__)

        assert not Unit.objects.exists()


def test_row_that_refers_to_nothing_is_not_restored(whole_county, lose_everything, place, monkeypatch):
    """As if a bug had left a row out: sums are right, and the database sees it."""
    real = tables.lines
    monkeypatch.setattr(
        tables, "lines", lambda model: (row for row in real(model) if tables.label(model) != "tasks.plan")
    )
    back_up(place / "one")
    lose_everything()

    with pytest.raises(Stopped, match="The database refuses the backup"):
        restore(place / "one")

    assert reading.rows(place / "one", "departments.unit")
    assert not Unit.objects.exists()
