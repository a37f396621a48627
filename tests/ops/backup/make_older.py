"""Makes a backup of a small county, by which every later version is tested: `python -m tests.ops.backup.make_older`.

Give a name where it is not to be that of the version. It is made once for each release whose migrations are new, and
never changed: `test_older.py` restores every folder of `older/`.
"""

import hashlib
import os
import sys
from pathlib import Path

OLDER = Path(__file__).parent / "older"


def complete(county):
    """Chase the county once, and let every file that its records tell of be there; return the county."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from tests.audit.trails import unguarded
    from tests.world import supervise
    from wenshang_disclosure.audit.choices import Kind
    from wenshang_disclosure.audit.trail import record
    from wenshang_disclosure.files.models import StoredFile

    supervise(county)
    for stored in StoredFile.objects.all():
        if not default_storage.exists(stored.path):
            content = stored.path.encode()
            default_storage.save(stored.path, ContentFile(content))
            sums = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            with unguarded(StoredFile):
                StoredFile.objects.filter(pk=stored.pk).update(**sums)
    record(Kind.CHANGE, "新建任务分解表", on=county.plan)
    return county


def main(name=""):
    """Build the county in a database of its own, and back it up."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ.pop("DATABASE_URL", None)
    django.setup()

    from django.core.management import call_command

    from tests.world import build_county
    from wenshang_disclosure import __version__
    from wenshang_disclosure.ops.backup.kept_settings import KEPT
    from wenshang_disclosure.ops.backup.taking import back_up

    call_command("migrate", verbosity=0)
    complete(build_county())
    for setting in KEPT:
        os.environ.pop(setting, None)  # what this machine has set is nobody's business
    print(back_up(OLDER / (name or __version__)))


if __name__ == "__main__":
    main(*sys.argv[1:])
