"""Submission of several drafts at once, with one attestation (批量填报, design: Ways of working)."""

from tasks.services import bulk
from wenshang_disclosure.core.web.errors import Refused

from . import reports


def submit_several(drafts, *, by, attested_name, attested):
    """Submit the drafts of several duties with one attestation of the confidentiality review; return a `Result` each.

    `drafts` is a list of `(duty, version)`, with the version of each draft that was seen. Each is submitted as
    `reports.submit` does, in a transaction of its own: one that is refused does not hold back the others. Raises
    `Refused` where the review is not attested or there is none to submit.
    """
    if not drafts:
        raise Refused("还没有填写任何一件，没有可以报送的内容。")
    if not (attested and attested_name):
        raise Refused("请确认材料已通过本单位保密审查，并填写审查人姓名。")
    versions = {duty.pk: version for duty, version in drafts}
    attestation = {"by": by, "attested": attested, "attested_name": attested_name}

    def submit(duty):
        return reports.submit(duty, version=versions[duty.pk], **attestation)

    return bulk.each([duty for duty, _ in drafts], submit)
