"""Admin pages of plans, duties, reports and their history."""

from . import frozen, plan, supervision  # noqa: F401
