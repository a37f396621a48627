"""Orders of lists: complete, so that every row stands on exactly one page (design: The house)."""

from django.db.models import F
from django.db.models.constants import LOOKUP_SEP
from django.db.models.expressions import OrderBy


def in_full_order(rows):
    """Return the queryset `rows` in its own order, made complete.

    Empty values stand last in both directions on every database, and the primary key decides between equal rows.
    Without it PostgreSQL may give equal rows in another order for each page.
    """
    query = rows.query
    keys = query.order_by or (query.get_meta().ordering if query.default_ordering else ())
    full = [one for key in keys for one in _full(query, key)]
    return rows.order_by(*full, *([] if _ends(query.get_meta(), full) else ["pk"]))


def _ends(meta, keys):
    """Return whether the primary key is among `keys`."""
    return any(str(key).removeprefix("-") in ("pk", meta.pk.attname) for key in keys)


def _full(query, key):
    """Return the keys that stand for one key of an order."""
    if not isinstance(key, str):
        return [_empty_last(key)]
    name = key.removeprefix("-")
    if name in query.annotations:
        return [_by_name(name, is_descending=name != key)]
    fields = _fields(query.get_meta().model, name)
    last = fields[-1]
    if last.is_relation and not name.endswith(last.attname):
        return _of_relation(query, key, last)
    may_be_empty = any(field.null for field in fields)
    return [_by_name(name, is_descending=name != key) if may_be_empty else key]


def _of_relation(query, key, relation):
    """Return the keys by which the database orders by a related model: the order of that model."""
    name = key.removeprefix("-")
    keys = []
    for inner in relation.related_model._meta.ordering or ["pk"]:
        path = f"{name}{LOOKUP_SEP}{inner.removeprefix('-')}"
        keys += _full(query, f"-{path}" if inner.startswith("-") == (name == key) else path)
    return keys


def _by_name(name, *, is_descending):
    return F(name).desc(nulls_last=True) if is_descending else F(name).asc(nulls_last=True)


def _empty_last(expression):
    """Return an expression as a key that leaves empty values last."""
    if not isinstance(expression, OrderBy):
        return expression.asc(nulls_last=True)
    if expression.nulls_first or expression.nulls_last:
        return expression
    return OrderBy(expression.expression, descending=expression.descending, nulls_last=True)


def _fields(model, path):
    """Return the fields along a path such as `task__section__order`."""
    fields = []
    for name in path.split(LOOKUP_SEP):
        fields.append(model._meta.pk if name == "pk" else model._meta.get_field(name))
        model = fields[-1].related_model
    return fields
