"""What becomes of a file that somebody sends: clean, to be scanned later, or refused and recorded."""

import logging

from django.conf import settings

from wenshang_disclosure.audit.choices import Kind, Result
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused

from .choices import ScanState
from .clamav import Unavailable, answers, scan

log = logging.getLogger(__name__)

FOUND = "“{name}”中发现病毒，未予保存。请在本机查杀后重新选择文件，并告知本单位的信息技术人员。"
AWAY = "病毒扫描服务暂时不可用，现在不能导入文件。请稍后再试；一直如此的，请告知系统管理员。"


def scan_file(file):
    """Show an open file to the scanner; return the `ScanState` and the name of what was found, if anything."""
    if not settings.CLAMAV_SOCKET:
        return ScanState.OFF, ""
    try:
        found = scan(file, settings.CLAMAV_SOCKET, settings.CLAMAV_TIMEOUT_SECONDS)
    except Unavailable as fault:
        log.error("the virus scanner gave no verdict: %s", fault)
        return ScanState.WAITING, ""
    return (ScanState.CLEAN, "") if found is None else (ScanState.INFECTED, found)


def is_away():
    """Return whether the scanner does not answer at all."""
    return not answers(settings.CLAMAV_SOCKET, settings.CLAMAV_TIMEOUT_SECONDS)


def refuse_infected(upload, *, by, name, needs_verdict=False):
    """Return the `ScanState` for an upload; raise `Refused` where it is infected, which is kept in the audit trail.

    With `needs_verdict`, for a file that is used at once, it is refused as well while the scanner is away.
    """
    outcome, found = scan_file(upload)
    if outcome == ScanState.INFECTED:
        detail = {"file": name, "virus": found[:100], "size": upload.size}
        record(Kind.CHANGE, "上传文件发现病毒，未予保存", by=by, detail=detail, result=Result.FAILED)
        raise Refused(FOUND.format(name=name))
    if outcome == ScanState.WAITING and needs_verdict:
        raise Refused(AWAY)
    return outcome
