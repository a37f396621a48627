"""Virus scan of uploads: clean, to be scanned later, or refused with an audit record."""

import logging

from django.conf import settings

from wenshang_disclosure.audit.choices import Kind, Result
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Refused

from .choices import ScanState
from .clamav import Unavailable, answers, scan
from .inspection.kinds import ending_of

log = logging.getLogger(__name__)

FOUND = "“{name}”中发现病毒，未予保存。请在本机查杀后重新选择文件，并告知本单位的信息技术人员。"
AWAY = "病毒扫描服务暂时不可用，现在不能导入文件。请稍后再试；一直如此的，请告知系统管理员。"


def scan_file(file):
    """Scan an open file; return the `ScanState` and the name of the virus, "" if none was found."""
    if not settings.CLAMAV_SOCKET:
        return ScanState.OFF, ""
    try:
        found = scan(file, settings.CLAMAV_SOCKET, settings.CLAMAV_TIMEOUT_SECONDS)
    except Unavailable as fault:
        log.error("the virus scanner gave no verdict: %s", fault)
        return ScanState.WAITING, ""
    return (ScanState.CLEAN, "") if found is None else (ScanState.INFECTED, found)


def is_away():
    """Return whether the scanner does not answer."""
    return not answers(settings.CLAMAV_SOCKET, settings.CLAMAV_TIMEOUT_SECONDS)


def refuse_infected(upload, *, by, name, needs_verdict=False):
    """Return the `ScanState` of an upload. Raises `Refused` and records it in the audit trail if it is infected.

    With `needs_verdict`, for files used immediately, also raises `Refused` while the scanner is unavailable.
    """
    outcome, found = scan_file(upload)
    if outcome == ScanState.INFECTED:
        detail = {"ending": ending_of(name), "virus": found[:100], "size": upload.size}  # the name may be of a draft
        record(Kind.CHANGE, "上传文件发现病毒，未予保存", by=by, detail=detail, result=Result.FAILED)
        raise Refused(FOUND.format(name=name))
    if outcome == ScanState.WAITING and needs_verdict:
        raise Refused(AWAY)
    return outcome
