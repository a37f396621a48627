"""Reading a backup from outside, with nothing but its files."""

import gzip
import json


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def rows(folder, table):
    with gzip.open(folder / f"rows/{table}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def change(folder, **parts):
    """Write the manifest anew with other parts."""
    text = json.dumps({**manifest(folder), **parts})
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def same(one, other):
    """Return whether two backups hold the same rows and files, but for what backing up and restoring added."""
    first, second = manifest(one), manifest(other)
    tables = [{**which["tables"], "audit.auditentry": None} for which in (first, second)]
    return tables[0] == tables[1] and first["evidence"] == second["evidence"]
