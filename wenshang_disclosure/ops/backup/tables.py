"""Serialisation of rows as lines of JSON that are equal on SQLite and PostgreSQL, and loading of them.

Each line is an object by column, ordered by primary key. A JSON column is written as JSON text, so that SQL NULL
(`null`) and JSON null (`"null"`) stay distinct. Rows are loaded unchanged, without `save`, signals and `auto_now`.
"""

import hashlib
import itertools
import json
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection
from django.db.models import JSONField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from wenshang_disclosure.files.storage import RESULTS

from .errors import Stopped

PRUNED = frozenset({"sessions.session", "core.allowance", "work.job"})
"""Tables left out: after a restore users sign in again, rate limits start at zero, large files are asked for anew."""
LEFT_OUT = {"files.storedfile": Q(path__startswith=RESULTS)}
"""Rows left out, by table: files that jobs made."""
FILLED_BY_MIGRATIONS = frozenset({"contenttypes.contenttype", "auth.permission", "tasks.stockphrase"})
"""Tables filled by migrations; a restore replaces their rows."""
BATCH_ROWS = 2000
USING = DEFAULT_DB_ALIAS


def label(model):
    """Return the name of a table in a backup: `app.model` in lower case."""
    return model._meta.label_lower


def kept_models(registry):
    """Return the models in a backup, sorted by name."""
    models = registry.get_models(include_auto_created=True)
    kept = [model for model in models if model._meta.managed and not model._meta.proxy and label(model) not in PRUNED]
    return sorted(kept, key=label)


def lines(model):
    """Yield each row as a line of JSON in bytes, fetched in batches; PostgreSQL needs a transaction around it."""
    fields = _fields(model)
    json_columns = [field.attname for field in fields if isinstance(field, JSONField)]
    as_text = {f"text_of_{name}": Cast(name, TextField()) for name in json_columns}
    names = [field.attname for field in fields]
    read = [f"text_of_{name}" if name in json_columns else name for name in names]
    places = [names.index(name) for name in json_columns]
    kept = _rows(model).exclude(LEFT_OUT.get(label(model), Q(pk__in=())))
    rows = kept.order_by("pk").annotate(**as_text).values_list(*read)
    for row in rows.iterator(chunk_size=BATCH_ROWS):
        values = list(row)
        for place in places:
            values[place] = _canonical(values[place])
        yield _dumps(dict(zip(names, values, strict=True))).encode() + b"\n"


def sum_of(model):
    """Return the number of rows and the SHA-256 of their lines."""
    digest, count = hashlib.sha256(), 0
    for line in lines(model):
        digest.update(line)
        count += 1
    return count, digest.hexdigest()


def load(model, source):
    """Insert the rows of `source`, an iterable of lines, unchanged. Raises `Stopped` if the database refuses them."""
    fields = _fields(model)
    readers = [(field.attname, _READERS.get(field.get_internal_type())) for field in fields]
    batch_rows = connection.ops.bulk_batch_size(fields, [None] * BATCH_ROWS)
    source = iter(source)
    while batch := [_row(line, readers) for line in itertools.islice(source, batch_rows)]:
        try:
            _rows(model)._insert(batch, fields=fields, using=USING, raw=True)
        except (DatabaseError, ValueError) as fault:
            raise Stopped(f"The database refuses rows of {label(model)}: {fault}") from fault


def count_rows(models):
    """Return `{table: number of rows}` without empty tables."""
    counts = {label(model): _rows(model).count() for model in models}
    return {name: count for name, count in counts.items() if count}


def empty(model):
    """Delete all rows of a table regardless of references; constraints are checked at the end of the restore."""
    _rows(model)._raw_delete(USING)


def set_sequences(models):
    """Reset the sequences to continue after the greatest primary key."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _rows(model):
    return QuerySet(model, using=USING)  # bypasses managers and the router to a replica


def _fields(model):
    return sorted(model._meta.local_concrete_fields, key=lambda field: field.attname)


def _row(line, readers):
    values = json.loads(line)
    return SimpleNamespace(
        **{
            name: reader(values[name]) if reader and values[name] is not None else values[name]
            for name, reader in readers
        }
    )


def _read_json(text):
    value = json.loads(text)
    return Value(None, JSONField()) if value is None else value


_READERS = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "DecimalField": Decimal,
    "JSONField": _read_json,
    "UUIDField": UUID,
}


def _dumps(value, **options):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain, **options)


def _plain(value):
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"A backup cannot hold {type(value).__name__} yet.")


def _canonical(text):
    """Return JSON text in canonical form, since PostgreSQL reorders keys and reformats numbers."""
    return text if text is None else _dumps(json.loads(text, parse_float=_number), sort_keys=True)


def _number(text):
    number = float(text)
    whole_in_full = number.is_integer() and abs(number) >= 1e16  # 1e+22 comes back from PostgreSQL as 100…0
    return int(Decimal(text)) if whole_in_full else number + 0.0  # and -0.0 as 0.0
