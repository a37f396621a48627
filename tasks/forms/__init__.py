"""What people fill in."""

from tasks.forms.progress.opinions import ApproveInHouseForm, OpinionForm, SendBackForm
from tasks.forms.progress.reports import EvidenceForm, LinkForm, ReportForm
from tasks.forms.progress.reviews import ApproveForm, RateForm, ReturnForm, RevokeForm

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
