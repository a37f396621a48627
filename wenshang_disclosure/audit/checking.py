"""Check of the audit trail: the chain, the database triggers, and a link noted elsewhere."""

import logging
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from . import chain, contents, guards, keys
from .choices import Kind, Result
from .models import AuditEntry
from .trail import record

CHECKED = "核验审计记录"
UNKNOWN_KEY = (
    "第{first}条起有{count}条记录以本机没有的密钥（编号{id}）签名，无法核验：请把原服务器的密钥补入{path}；"
    "密钥确已遗失的，在该文件中加一行“lost {id}”。"
)
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

    `noted` is `(number, hash)` of a link kept elsewhere, by default the one that the last check on this machine kept:
    the chain itself does not show a cut-off tail.
    """
    warnings = _unsealed()
    chain.seal()
    verdict = chain.verify()
    finding = Finding(verdict, chain.pruned_up_to()[0], warnings=warnings + list(verdict.oddities))
    finding.faults += [f"{fault.says}该条时间为{_moment(fault.at)}。" for fault in verdict.faults]
    finding.faults += [
        UNKNOWN_KEY.format(id=key_id, first=first, count=count, path=keys.path())
        for key_id, first, count in verdict.unknown
    ]
    finding.faults += contents.compare(verdict.contents)
    if noted := noted or _last_head(finding.after):
        finding.faults += _compare_noted(*noted, verdict)
    finding.faults += [f"数据库对表{table}的保护缺失或被改动。" for table in guards.missing(connection)]
    if not finding.faults:
        keep_head()
    _report(finding)
    return finding


def keep_head():
    """Write the last link to `DATA_DIR/audit/head`; the next check compares with it, so that a cut-off tail shows."""
    file = _head_file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text("{}:{}\n".format(*chain.head()), encoding="ascii")
    part.replace(file)


def forget_head():
    """Forget the last link, where the whole trail of a trial installation was cleared."""
    _head_file().unlink(missing_ok=True)


def _head_file():
    return keys.path().with_name("head")


def _last_head(pruned):
    """Return `(number, hash)` that the last check kept, `None` if there is none or that entry was pruned since."""
    try:
        number, _, noted = _head_file().read_text(encoding="ascii").strip().partition(":")
    except FileNotFoundError:
        return None
    return (int(number), noted) if int(number) >= max(pruned, 1) else None


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
