"""Import of units and people from an uploaded file: preview, transaction, one-time passwords."""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from departments.choices import BELONGS_TO_A_UNIT, NEEDS_SECOND_PERSON, Handling, Role
from departments.imports.child import read_limited
from departments.models import Alias, RoleGrant, Unit, UnitImport, User
from departments.signals import units_changed
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import entry, record, record_all
from wenshang_disclosure.core.web.errors import Conflict, Refused, Unreadable, may, require
from wenshang_disclosure.files import keeping, uses

from . import entrusting, rights
from . import people as accounts
from . import units as unit_services

UNITS, PEOPLE = "单位", "人员"
UNIT_FIELDS = {"short_name": "简称", "kind": "类别", "division_code": "行政区划代码", "order": "排序"}
PERSON_FIELDS = {"role": "角色", "phone": "联系电话", "email": "电子邮箱"}


@dataclass
class Prospect:
    """The changes that an import would make.

    `errors` holds `(sheet, row, sentence)`; any error blocks the import.
    """

    new_units: list[dict] = field(default_factory=list)
    changed_units: list[tuple] = field(default_factory=list)  # (unit, row, labels of the changed fields)
    same_units: int = 0
    new_people: list[dict] = field(default_factory=list)
    changed_people: list[tuple] = field(default_factory=list)
    same_people: int = 0
    errors: list[tuple] = field(default_factory=list)

    def as_counts(self):
        """Return the number of changes of each kind as plain data."""
        parts = ("new_units", "changed_units", "new_people", "changed_people")
        return {name: len(getattr(self, name)) for name in parts}

    @property
    def changes_something(self):
        """Whether there is anything to import."""
        return bool(self.new_units or self.changed_units or self.new_people or self.changed_people)


def prospect(rows, *, by):
    """Compare the rows of a file with the register, and return what the person `by` would change by them, a `Prospect`;
    a fixed number of queries.
    """
    found = Prospect(errors=[tuple(error) for error in rows["errors"]])
    names = {unit.name: unit for unit in Unit.objects.prefetch_related("aliases")}
    names |= {alias.name: names[alias.unit.name] for alias in Alias.objects.select_related("unit")}
    for row in rows["units"]:
        _compare_unit(row, names, found)
    coming = {row["name"] for row in found.new_units} | {name for row in found.new_units for name in row["aliases"]}
    people = _People(by)
    for row in rows["people"]:
        _compare_person(row, names, coming, people, found)
    return found


def _compare_unit(row, names, found):
    unit = names.get(row["name"])
    taken = [name for name in row["aliases"] if name in names and names[name] != unit]
    if taken:
        found.errors.append((UNITS, row["row"], f"“{taken[0]}”已是{names[taken[0]]}的名称或别名。"))
    elif unit is None:
        found.new_units.append(row)
    else:
        changes = _unit_changes(unit, row, names)
        if changes:
            found.changed_units.append((unit, row, changes))
        else:
            found.same_units += 1


def _unit_changes(unit, row, names):
    """Return the labels of what a row changes; blank cells change nothing."""
    words = [
        label for name, label in UNIT_FIELDS.items() if row[name] not in ("", None) and row[name] != getattr(unit, name)
    ]
    new = [name for name in row["aliases"] if name not in names]
    return words + ([f"别名{'、'.join(new)}"] if new else [])


class _People:
    """Existing accounts by user name and by name and unit, and what the person `by` may change of them."""

    def __init__(self, by):
        self.by = by
        self.administers = may(by, "departments.use_admin")
        everybody = list(User.objects.select_related("unit"))
        self.by_username = {person.username: person for person in everybody}
        self.by_name = {}
        for person in everybody:
            self.by_name.setdefault((person.name, person.unit_id), []).append(person)
        self.usernames = set(self.by_username)
        self.waiting = set(RoleGrant.objects.pending().values_list("person", flat=True))

    def find(self, row, unit):
        """Return the account that a row refers to, `None` if there is none or the name is ambiguous."""
        if row["username"]:
            return self.by_username.get(row["username"])
        namesakes = self.by_name.get((row["name"], unit.pk if unit else None), ())
        return namesakes[0] if len(namesakes) == 1 else None

    def why_not_new(self, row):
        """Return why an account of this role cannot be registered by this person, "" where it can."""
        if row["role"] in BELONGS_TO_A_UNIT or self.administers:
            return ""
        return f"“{Role(row['role']).label}”的账号由系统管理员登记。"

    def why_not_changed(self, person, changed):
        """Return why the account cannot be changed by a file of this person, "" where it can."""
        if person.pk == self.by.pk:
            return "不能通过名册更改本人的账号，请在“个人设置”中办理。"
        if person.is_staff:
            return "系统管理员的账号不能通过名册更改。"
        if "role" in changed and not self.administers:
            return f"{person}的角色由系统管理员变更。"
        if not may(self.by, "departments.change_personal", person):
            return f"{person}的联系方式由系统管理员或者本人更改。"
        return f"“{person}”{accounts.WAITS}" if person.pk in self.waiting else ""

    def name_for(self, row):
        """Return an unused user name: the phone number, else the local part of the e-mail address, else `u` and a
        number.
        """
        base = row["username"] or row["phone"].replace(" ", "") or row["email"].partition("@")[0]
        if not base or base in self.usernames:
            number = len(self.usernames) + 1
            while f"u{number}" in self.usernames:
                number += 1
            base = f"u{number}"
        self.usernames.add(base)
        return base


def _compare_person(row, names, coming, people, found):
    unit = names.get(row["unit"])
    if row["unit"] and unit is None and row["unit"] not in coming:
        found.errors.append((PEOPLE, row["row"], f"名录中没有“{row['unit']}”，请核对，或先在“单位”表中登记。"))
        return
    person = people.find(row, unit)
    if person is None:
        wrong = people.why_not_new(row)
        found.new_people.append({**row, "username": people.name_for(row)})
    elif person.name != row["name"] or person.unit != unit:
        wrong = f"登录名“{row['username']}”已由{person.unit or ''}{person.name}使用。"
    else:
        wrong = _compare_fields(person, row, people, found)
    if wrong:
        found.errors.append((PEOPLE, row["row"], wrong))


def _compare_fields(person, row, people, found):
    """Add what a row changes of an account; return why it cannot, "" where it can. Blank cells change nothing."""
    changed = {name: row[name] for name in PERSON_FIELDS if row[name] and row[name] != getattr(person, name)}
    if not changed:
        found.same_people += 1
        return ""
    found.changed_people.append((person, changed, [PERSON_FIELDS[name] for name in changed]))
    return people.why_not_changed(person, changed)


def receive(upload, *, by):
    """Read an uploaded register and return the `UnitImport` with what it says; the file itself is not kept.

    Raises `Refused` for a file that `uses.REGISTERS` does not take, and for one that is no register.
    """
    require(by, "departments.manage_units")
    name, rows = rows_of(upload, by=by)
    return keep(rows, name, by=by)


def rows_of(upload, *, by):
    """Return `(display name, rows)` of a register that comes in, by a person or by a command (`None`).

    Raises `Refused` as `receive` does.
    """
    [inspected] = keeping.inspect([upload], uses.REGISTERS, by=by)
    try:
        return inspected.name, read_limited(inspected.upload)
    except Unreadable as reason:
        raise Refused(f"“{inspected.name}”：{reason}") from reason


@transaction.atomic
def keep(rows, file_name, *, by):
    """Store parsed rows for preview and return the `UnitImport`."""
    require(by, "departments.manage_units")
    kept = UnitImport.objects.create(rows=rows, file_name=file_name[:200], by=by)
    record(Kind.CHANGE, "上传单位和人员名册", by=by, on=kept)
    return kept


@transaction.atomic
def take(unit_import, *, by):
    """Import the rows, all or nothing; return the `Prospect` carried out, `None` if it was imported before.

    Raises `Refused` if a row is wrong. New people have no password until an administrator gives them one. What needs a
    second person is proposed (`rights.change`).
    """
    require(by, "departments.manage_units")
    require(by, "departments.manage_people")
    current = UnitImport.objects.select_for_update().filter(pk=unit_import.pk).first()
    if current is None:
        raise Conflict("该导入已不存在。")
    if current.taken_at:
        return None
    found = prospect(current.rows, by=by)
    if found.errors:
        raise Refused(f"还有{len(found.errors)}处错误，改正文件后重新上传。")
    _write_units(found, by)
    record(Kind.CHANGE, "导入单位和人员", by=by, on=current, detail=found.as_counts())
    current.made.set(_write_people(found, by))
    current.taken_at = timezone.now()
    current.save(update_fields=["taken_at"])
    return found


def _write_units(found, by):
    aliases = []
    for row in found.new_units:
        given = {name: row[name] for name in UNIT_FIELDS if row[name] not in ("", None)}
        unit = Unit.objects.create(name=row["name"], **given)
        aliases += [Alias(name=name, unit=unit) for name in row["aliases"]]
    known = set(Alias.objects.values_list("name", flat=True)) | set(Unit.objects.values_list("name", flat=True))
    for unit, row, _ in found.changed_units:
        if row["kind"] != unit.kind:
            unit_services.change_kind(unit, row["kind"], by=by)
        for name in ("short_name", "division_code", "order"):
            if row[name] not in ("", None):
                setattr(unit, name, row[name])
        unit.save(update_fields=["short_name", "division_code", "order"])
        aliases += [Alias(name=name, unit=unit) for name in row["aliases"] if name not in known]
    Alias.objects.bulk_create(aliases)
    if found.new_units:
        units_changed.send(Unit, on=timezone.localdate())


def _write_people(found, by):
    new = _make_people(found.new_people, by)
    for person, changed, _ in found.changed_people:
        wanted = dict(changed)
        role = wanted.pop("role", None)
        if wanted:
            accounts.change_personal(person, by=by, **wanted)
        if role:
            rights.change(person, by=by, role=role)
    return new


def _make_people(rows, by):
    """Make the accounts and return them; those whose role needs a second person are off until it is confirmed."""
    names = {unit.name: unit for unit in Unit.objects.all()}
    names |= {alias.name: alias.unit for alias in Alias.objects.select_related("unit")}
    new = [_person(row, names.get(row["unit"])) for row in rows]
    User.objects.bulk_create(new, batch_size=500)
    entrusting.note(new, by=by, how=Handling.MADE)
    told = {person: {"role": person.role, "unit": person.unit and person.unit.name} for person in new}
    record_all([entry(Kind.PERMISSION, "新增人员", by=by, on=person, detail=told[person]) for person in new])
    accounts.take_posts(new)
    for person in new:
        if not person.is_active:
            rights.change(person, by=by, is_active=True)
    return new


def _person(row, unit):
    about = {name: row[name] for name in ("username", "name", "role", "phone", "email")}
    person = User(**about, unit=unit, must_change_password=True, is_active=row["role"] not in NEEDS_SECOND_PERSON)
    person.set_unusable_password()
    return person


@transaction.atomic
def give_passwords(unit_import, *, by):
    """Set a one-time password for each new account of the import and return `[(person, password)]`.

    Raises `Refused` the second time, since passwords are not stored in plain text.
    """
    require(by, "departments.give_passwords", sentence=entrusting.ONLY_ADMINISTRATORS)
    current = UnitImport.objects.select_for_update().get(pk=unit_import.pk)
    if current.passwords_given_at:
        at = timezone.localtime(current.passwords_given_at)
        raise Refused(f"一次性密码只能发放一次，已于{at:%Y-%m-%d %H:%M}发放。遗失的，请在该人员的页面重新发放。")
    waiting = current.made.filter(last_login__isnull=True, must_change_password=True, is_active=True)
    waiting = waiting.exclude(is_staff=True).select_related("unit").order_by("unit__order", "pk")
    given = entrusting.give_each(list(waiting), by=by)
    if given:
        current.passwords_given_at = timezone.now()
        current.save(update_fields=["passwords_given_at"])
    return given
