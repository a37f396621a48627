"""What people fill in."""

from tasks.forms.progress.opinions import EndorseForm, LeaderApproveForm, OpinionForm, SendBackForm
from tasks.forms.progress.reports import EvidenceForm, LinkForm, RelabelForm, ReportForm
from tasks.forms.progress.reviews import ApproveForm, RateForm, ReturnForm, RevokeForm

__all__ = [
    "ApproveForm",
    "EndorseForm",
    "EvidenceForm",
    "LeaderApproveForm",
    "LinkForm",
    "OpinionForm",
    "RateForm",
    "RelabelForm",
    "ReportForm",
    "ReturnForm",
    "RevokeForm",
    "SendBackForm",
]
