"""What people fill in."""

from tasks.forms.progress.opinions import EndorseForm, LeaderApproveForm, OpinionForm, SendBackForm
from tasks.forms.progress.reports import EvidenceForm, LinkForm, ReportForm
from tasks.forms.progress.reviews import ApproveForm, RateForm, ReturnForm, RevokeForm

__all__ = [
    "ApproveForm",
    "EndorseForm",
    "EvidenceForm",
    "LeaderApproveForm",
    "LinkForm",
    "OpinionForm",
    "RateForm",
    "ReportForm",
    "ReturnForm",
    "RevokeForm",
    "SendBackForm",
]
