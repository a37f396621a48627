"""What people fill in."""

from .desks import ApproveInHouseForm, OpinionForm, SendBackForm
from .progress import EvidenceForm, LinkForm, ReportForm
from .reviews import ApproveForm, RateForm, ReturnForm, RevokeForm

__all__ = [
    "ApproveForm",
    "ApproveInHouseForm",
    "EvidenceForm",
    "LinkForm",
    "OpinionForm",
    "RateForm",
    "ReportForm",
    "ReturnForm",
    "RevokeForm",
    "SendBackForm",
]
