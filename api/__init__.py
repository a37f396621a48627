"""What other programs of the county read: `/api/v1/`, one token a person, nothing can be changed by it."""

from . import endpoints, errors  # noqa: F401 - they register themselves
from .base import api

__all__ = ["api"]
