"""What people fill in."""

from .desks import ApproveInHouseForm, OpinionForm, SendBackForm
from .progress import EvidenceForm, LinkForm, ReportForm
from .reviews import ApproveForm, ReturnForm, RevokeForm

__all__ = [
    "ApproveForm",
    "ApproveInHouseForm",
    "EvidenceForm",
    "LinkForm",
    "OpinionForm",
    "ReportForm",
    "ReturnForm",
    "RevokeForm",
    "SendBackForm",
]
