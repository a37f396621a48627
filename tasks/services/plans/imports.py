"""Import of a plan from a file: stored, read, completed with the user's answers, and written in one transaction."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from departments.choices import UnitKind
from departments.models import Alias, Collective, CollectiveAlias, Unit
from departments.services import register
from departments.services.resolve import NameRegistry
from tasks.choices import ImportState, PlanState
from tasks.imports.meaning.understanding import NO_DEADLINE, Register, understand
from tasks.imports.meaning.units import is_one_name
from tasks.imports.reading.source import Source
from tasks.models import KnownAnswer, KnownHeadings, PlanImport
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record
from wenshang_disclosure.core.web.errors import Conflict, Refused, Unreadable, require
from wenshang_disclosure.files import keeping, uses

from . import issuing, supplements, updates

READING_TIMEOUT = timedelta(minutes=4)  # longer than a reading may take: after this it was interrupted
SAME_UPLOAD = timedelta(minutes=10)
TOWNS = [UnitKind.TOWN, UnitKind.TOWNSHIP, UnitKind.SUBDISTRICT]
KINDS = {
    "towns": TOWNS,
    "departments": [kind for kind in UnitKind if kind not in TOWNS],
    "all": list(UnitKind),
    "nobody": [],
}


def receive(upload, *, by, year, target=None):
    """Keep an uploaded file as a new import, and return it; the same file sent twice is one import.

    Raises `Refused` for a file that `uses.TABLES` does not take, or an issued target.
    """
    require(by, "tasks.manage_plan")
    _refuse_issued(target)
    with keeping.kept([upload], uses.TABLES, by=by) as [(name, stored)], transaction.atomic():
        again = _same_upload(stored.sha256, by, year, target)
        if again is not None:
            return again
        stored.save()
        new = PlanImport.objects.create(file=stored, file_name=name, uploaded_by=by, year=year, target=target)
        record(Kind.CHANGE, "上传分解表文件", by=by, on=new, detail={"sha256": stored.sha256, "year": year})
        return new


def _refuse_issued(plan):
    if plan is not None and plan.state != PlanState.DRAFT:
        raise Refused("该分解表已经印发，不能再用文件更新；印发后的改动请逐项调整。")


def _same_upload(digest, by, year, target):
    lately = timezone.now() - SAME_UPLOAD
    same = PlanImport.objects.open().filter(file__sha256=digest, uploaded_by=by, year=year, target=target)
    return same.filter(uploaded_at__gte=lately).exclude(state=ImportState.UNREADABLE).first()


def begin_reading(plan_import):
    """Reserve the reading of the file for this caller; return whether it was neither reserved nor read before."""
    now = timezone.now()
    waiting = PlanImport.objects.filter(pk=plan_import.pk, state=ImportState.RECEIVED)
    free = waiting.filter(Q(reading_since__isnull=True) | Q(reading_since__lt=now - READING_TIMEOUT))
    return free.update(reading_since=now, progress=0) == 1


def read_file(plan_import, read):
    """Read the file with `read(path, on_progress)`, and save the content or the reason why it cannot be read.

    Returns whether it was read by this call: another process may read it or have read it.
    """
    if not begin_reading(plan_import):
        return False
    kept = PlanImport.objects.filter(pk=plan_import.pk)
    try:
        with default_storage.open(plan_import.file.path) as file:
            source = read(file.name, lambda percent: kept.update(progress=percent))
    except Unreadable as reason:
        kept.update(state=ImportState.UNREADABLE, message=str(reason), reading_since=None)
    except OSError:
        kept.update(state=ImportState.UNREADABLE, message="文件在服务器上找不到，请重新上传。", reading_since=None)
    else:
        kept.update(state=ImportState.READ, source=source.as_data(), progress=100, reading_since=None)
    return True


def was_cut_off(plan_import):
    """Return whether a reading was interrupted, as when the server was stopped meanwhile."""
    since = plan_import.reading_since
    return plan_import.state == ImportState.RECEIVED and since is not None and since < timezone.now() - READING_TIMEOUT


def known_names():
    """Return the register of names for the importer."""
    names = NameRegistry()
    aliases = {name: unit.name for name, unit in (names.short_names | names.aliases).items()}
    return Register(list(names.units), [*names.collectives, *names.collective_aliases], aliases)


def known_headings():
    """Return the fields of columns by signature, as users have assigned them."""
    return dict(KnownHeadings.objects.values_list("headings", "columns"))


def learnt():
    """Return the answers that were given to the same texts before, by group as an import keeps them."""
    groups = {kind: {} for kind in KnownAnswer.Kind.values}
    for kind, text, answer in KnownAnswer.objects.values_list("kind", "text", "answer"):
        groups[kind][text] = answer
    return groups


def propose(plan_import):
    """Return the `Proposal` of the file and the answers so far."""
    source = Source.from_data(plan_import.source)
    return understand(source, plan_import.year, known_names(), plan_import.answers, known_headings(), learnt())


@transaction.atomic
def answer(plan_import, *, by, version, **answers):
    """Save answers: each keyword is one group of them (`names`, `deadlines`, `rows` …), merged with the earlier ones.

    A value of `None` removes an answer. Raises `Conflict` where the answers were changed since `version`.
    """
    plan_import = _lock_import(plan_import, by, version)
    kept = dict(plan_import.answers)
    for group, given in answers.items():
        if isinstance(given, dict):
            merged = {key: value for key, value in {**kept.get(group, {}), **given}.items() if value is not None}
            if merged or group in kept:
                kept[group] = merged
        else:
            kept[group] = given
    if kept != plan_import.answers:
        plan_import.answers = kept
        plan_import.version += 1
        plan_import.save(update_fields=["answers", "version"])
        record(Kind.CHANGE, "答复导入问题", by=by, on=plan_import, detail={"answered": sorted(answers)})
    return plan_import


@transaction.atomic
def name_columns(plan_import, *, by, version, grid, row, fields, signature):
    """Assign the columns of one table, and remember them for tables with the same headings.

    `row` is the index of the row of headings, -1 for a table without one.
    """
    plan_import = answer(
        plan_import,
        by=by,
        version=version,
        columns={str(grid): {"row": row, "fields": [name or "" for name in fields]}},
    )
    if row >= 0 and signature.strip("｜"):
        KnownHeadings.objects.update_or_create(
            headings=signature, defaults={"columns": [name or "" for name in fields], "said_by": by}
        )
    return plan_import


def _lock_import(plan_import, by, version=None):
    require(by, "tasks.manage_plan")
    plan_import = PlanImport.objects.select_for_update(of=("self",)).filter(pk=plan_import.pk).first()
    if plan_import is None:
        raise Conflict("该导入已被删除。")
    if plan_import.state == ImportState.TAKEN:
        raise Conflict("该文件已经写入分解表，不能再改。")
    if plan_import.state != ImportState.READ:
        raise Conflict("文件还没有读取完。")
    if version is not None and plan_import.version != version:
        raise Conflict("您打开页面后，核对结果已有改动。下面是现在的情况，请核对后再保存。")
    return plan_import


@transaction.atomic
def take(plan_import, *, by, version, remove_missing=False):
    """Write all rows into a new draft plan, or into the draft that the import is for, in one transaction.

    A second call returns the same plan. Raises `Refused` where a question is open, `Conflict` where the answers changed
    since `version` or the target was issued.
    """
    require(by, "tasks.manage_plan")
    current = PlanImport.objects.select_for_update(of=("self",)).filter(pk=plan_import.pk).first()
    if current is not None and current.state == ImportState.TAKEN and current.plan:
        return current.plan
    plan_import = _lock_import(plan_import, by, version)
    proposal = propose(plan_import)
    if proposal.questions:
        raise Refused(f"还有{len(proposal.questions)}个问题没有答复，答复后才能写入。")
    if not proposal.taken:
        raise Refused("没有可写入的任务。")
    registered = _register_names(plan_import.answers.get("names", {}), proposal)
    data = proposal.as_plan_data()
    if plan_import.target:
        plan = updates.update(plan_import.target, data, remove_missing=remove_missing)
        supplements.take_about(plan, proposal.about)
    else:
        plan = issuing.build(data)
    _learn(proposal, by)
    plan_import.plan, plan_import.state = plan, ImportState.TAKEN
    plan_import.save(update_fields=["plan", "state"])
    detail = {"import": plan_import.pk, "rows": len(proposal.taken), "registered": registered}
    record(Kind.CHANGE, "导入分解表", by=by, on=plan, detail=detail)
    return plan


def _learn(proposal, by):
    """Remember what cells of units and deadlines without a day mean, for the next table with the same texts."""
    for question in proposal.answered:
        group = {"cell": KnownAnswer.Kind.CELLS, "deadline": KnownAnswer.Kind.DEADLINES}.get(question.kind)
        answer = proposal.answers.get(group, {}).get(question.key) if group else None
        if answer and (group == KnownAnswer.Kind.CELLS or (answer.get("recurrence") and question.key != NO_DEADLINE)):
            defaults = {"answer": answer, "said_by": by, "said_at": timezone.now()}
            known, made = KnownAnswer.objects.get_or_create(kind=group, text=question.key, defaults=defaults)
            if not made and known.answer != answer:
                KnownAnswer.objects.filter(pk=known.pk).update(**defaults)


@transaction.atomic
def forget(known, *, by):
    """Delete an answer that was learnt (`KnownAnswer` or `KnownHeadings`); plans that were written stay as they are."""
    require(by, "tasks.manage_plan")
    record(Kind.CHANGE, "删除学到的答复", by=by, on=known)
    known.delete()


def _register_names(answers, proposal):
    """Add unknown names to the register as the user decided: as an alias, a new unit or a new collective.

    Only a text that has the form of one name becomes an alias. Returns `{name: decision}` of those names.
    """
    answers = {name: said for name, said in answers.items() if name in proposal.names}
    units, collectives = [], []
    for name, said in answers.items():
        what, _, value = said.partition(":")
        if what in ("unit", "collective") and not is_one_name(name):
            raise Refused(f"“{name}”不是一个单位的名称，不能记为别名。请在该行写明各个单位。")
        if what == "unit":
            Alias.objects.get_or_create(name=name, defaults={"unit": Unit.objects.get(pk=value)})
        elif what == "collective":
            CollectiveAlias.objects.get_or_create(name=name, defaults={"collective": Collective.objects.get(pk=value)})
        elif what == "new-unit":
            units.append({"name": name, "kind": value, "aliases": []})
        elif what == "new-collective":
            collectives.append({"name": name, "kinds": [kind.value for kind in KINDS[value]]})
    register.load(units, collectives)
    return answers


@transaction.atomic
def discard(plan_import, *, by):
    """Delete an import that was not taken over, with its file."""
    require(by, "tasks.manage_plan")
    current = PlanImport.objects.select_for_update(of=("self",)).filter(pk=plan_import.pk).first()
    if current is None or current.state == ImportState.TAKEN:
        raise Conflict("该文件已经写入分解表，不能放弃。" if current else "该导入已被删除。")
    record(Kind.CHANGE, "放弃导入", by=by, on=current)
    path = current.file.path
    current.delete()
    current.file.delete()
    transaction.on_commit(lambda: default_storage.delete(path))
