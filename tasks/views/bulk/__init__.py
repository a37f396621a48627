"""Steps on many rows at once: their base, those on reports, those on duties."""

from .base import StepForMany
from .duties import steps
from .origin import Origin
from .reports import StepForReports

__all__ = ["Origin", "StepForMany", "StepForReports", "steps"]
