"""Check of the audit trail: the chain, the database triggers, and a link noted elsewhere."""

import logging
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from . import chain, guards
from .choices import Kind, Result
from .models import AuditEntry
from .trail import record

CHECKED = "核验审计记录"
MAX_SEAL_DELAY = timedelta(minutes=5)

log = logging.getLogger(__name__)


@dataclass
class Finding:
    """Result of a check: the verdict on the chain, faults, and warnings that need no action."""

    verdict: chain.Verdict
    after: int
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def head(self):
        """The last valid link as `NUMBER:HASH`."""
        return f"{self.verdict.number}:{self.verdict.hash}"


def check(noted=None):
    """Seal leftover entries, verify the whole chain, record and log the result; return the `Finding`.

    `noted` is `(number, hash)` of a link kept elsewhere: the chain itself shows neither a cut-off tail nor a chain that
    was rewritten from some link on.
    """
    warnings = _unsealed()
    chain.seal()
    verdict = chain.verify()
    finding = Finding(verdict, chain.pruned_up_to()[0], warnings=warnings)
    if verdict.broken:
        finding.faults.append(f"{verdict.broken}该条时间为{_moment(verdict.broken_at)}。")
    if noted:
        finding.faults += _compare_noted(*noted, verdict)
    finding.faults += [f"数据库对表{table}的保护缺失或被改动。" for table in guards.missing(connection)]
    _report(finding)
    return finding


def _unsealed():
    late = AuditEntry.objects.filter(number__isnull=True, at__lt=timezone.now() - MAX_SEAL_DELAY).order_by("pk")
    count = late.count()
    return [f"有{count}条记录未及时入链，最早为{_moment(late.first().at)}，现已补入。"] if count else []


def _compare_noted(number, noted, verdict):
    after, known = chain.pruned_up_to()
    if number < after:
        return [f"记下的第{number}条已按期移除，无法比对，请改用较新的一条。"]
    if number > after:
        known = AuditEntry.objects.filter(number=number).values_list("hash", flat=True).first()
    if known is None:
        return [f"链止于第{verdict.number}条，而记下的是第{number}条：其后的记录已被截去。"]
    return [] if known == noted else [f"第{number}条的摘要与记下的不同：该条或其之前的记录已被改写。"]


def _report(finding):
    log.info("Audit chain: %d entries read, good up to %s.", finding.verdict.entries, finding.head)
    for warning in finding.warnings:
        log.warning("Audit chain: %s", warning)
    for fault in finding.faults:
        log.error("Audit chain: %s", fault)
    detail = {"number": finding.verdict.number, "entries": finding.verdict.entries}
    if finding.faults:
        detail["faults"] = finding.faults
    record(Kind.SYSTEM, CHECKED, detail=detail, result=Result.FAILED if finding.faults else Result.DONE)


def _moment(at):
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"
