"""What people fill in."""

from .progress import EvidenceForm, LinkForm, ReportForm
from .reviews import ApproveForm, ReturnForm, RevokeForm

__all__ = ["ApproveForm", "EvidenceForm", "LinkForm", "ReportForm", "ReturnForm", "RevokeForm"]
