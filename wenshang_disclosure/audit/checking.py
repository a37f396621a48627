"""Whether the trail is as it was written: the chain, what guards it, and what was noted of it elsewhere."""

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
SEALED_WITHIN = timedelta(minutes=5)

log = logging.getLogger(__name__)


@dataclass
class Finding:
    """What a check found: how far the chain is good, what is wrong, and what is only worth a look."""

    verdict: chain.Verdict
    after: int
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def head(self):
        """The last good link as one writes it down."""
        return f"{self.verdict.number}:{self.verdict.hash}"


def check(noted=None):
    """Seal what a crash left loose, read the whole chain, record and log what was found.

    `noted` is number and sum of a link that somebody wrote down before: a tail that was cut off does not show in the
    chain itself, nor does a chain that was written anew from some link on.
    """
    warnings = _left_loose()
    chain.seal()
    verdict = chain.verify()
    finding = Finding(verdict, chain.begins_after()[0], warnings=warnings)
    if verdict.broken:
        finding.faults.append(f"{verdict.broken}该条时间为{_moment(verdict.broken_at)}。")
    if noted:
        finding.faults += _differs(*noted, verdict)
    finding.faults += [f"数据库对表{table}的保护缺失或被改动。" for table in guards.missing(connection)]
    _notify(finding)
    return finding


def _left_loose():
    late = AuditEntry.objects.filter(number__isnull=True, at__lt=timezone.now() - SEALED_WITHIN).order_by("pk")
    count = late.count()
    return [f"有{count}条记录未及时入链，最早为{_moment(late.first().at)}，现已补入。"] if count else []


def _differs(number, noted, verdict):
    after, known = chain.begins_after()
    if number < after:
        return [f"记下的第{number}条已按期移除，无法比对，请改用较新的一条。"]
    if number > after:
        known = AuditEntry.objects.filter(number=number).values_list("hash", flat=True).first()
    if known is None:
        return [f"链止于第{verdict.number}条，而记下的是第{number}条：其后的记录已被截去。"]
    return [] if known == noted else [f"第{number}条的摘要与记下的不同：该条或其之前的记录已被改写。"]


def _notify(finding):
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
