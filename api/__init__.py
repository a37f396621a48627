"""Read-only API for the county's other programs: `/api/v1/`, authenticated by personal tokens."""

from . import endpoints, errors  # noqa: F401 - importing registers them
from .base import api

__all__ = ["api"]
