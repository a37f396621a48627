"""Plans, duties, reports and history in Django admin."""

from . import frozen, plan, supervision  # noqa: F401
