"""Creation of demo accounts of every role, for trial installations only (design: Runs on)."""

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from departments.choices import Role
from departments.models import Unit, User
from wenshang_disclosure.audit.choices import Kind
from wenshang_disclosure.audit.trail import record

PASSWORD = "demo-2024-open"  # noqa: S105, public by design
OFFICE = "县政府办公室"
PEOPLE = [  # username, name, role, unit
    ("admin", "演示·系统管理员", Role.OFFICE, OFFICE),
    ("office", "演示·政务公开科", Role.OFFICE, OFFICE),
    ("reviewer", "演示·审核人", Role.REVIEWER, OFFICE),
    ("auditor", "演示·审计人员", Role.AUDITOR, None),
    ("zhengfuban", "演示·县政府办公室联络员", Role.LIAISON, OFFICE),
    ("shangwu", "演示·县商务局联络员", Role.LIAISON, "县商务局"),
    ("fagai", "演示·县发展和改革局联络员", Role.LIAISON, "县发展和改革局"),
    ("zhujian", "演示·县住房和城乡建设局联络员", Role.LIAISON, "县住房和城乡建设局"),
    ("jiaoti", "演示·县教育和体育局联络员", Role.LIAISON, "县教育和体育局"),
    ("zhongdu", "演示·中都街道联络员", Role.LIAISON, "中都街道办事处"),
    ("zhongdu-leader", "演示·中都街道分管领导", Role.LEADER, "中都街道办事处"),
    ("nanwang", "演示·南旺镇联络员", Role.LIAISON, "南旺镇人民政府"),
    ("juntun", "演示·军屯乡联络员", Role.LIAISON, "军屯乡人民政府"),
]


class Command(BaseCommand):
    """Creates demo accounts; existing ones are left unchanged."""

    help = "Make demo accounts of every role, and a liaison for each other unit. Refused where DEBUG is off."

    def add_arguments(self, parser):
        parser.add_argument("--show", action="store_true")

    def handle(self, *args, show, **options):
        if not settings.DEBUG:
            raise CommandError("Demo people cannot exist where DEBUG is off.")
        if show:
            self._show()
            return
        known = set(User.objects.values_list("username", flat=True))
        units = {unit.name: unit for unit in Unit.objects.all()}
        password = make_password(PASSWORD)
        wanted = [*PEOPLE, *self._liaisons_of_the_others(units)]
        people = [
            User(
                username=username,
                name=name,
                role=role,
                unit=units.get(unit),
                password=password,
                is_demo=True,
                is_staff=username == "admin",
                is_superuser=username == "admin",
            )
            for username, name, role, unit in wanted
            if username not in known
        ]
        with transaction.atomic():
            User.objects.bulk_create(people)
            record(Kind.SYSTEM, "载入演示账号", detail={"people": len(people)})

    def _liaisons_of_the_others(self, units):
        with_one = {unit for _, _, role, unit in PEOPLE if role == Role.LIAISON}
        for unit in units.values():
            if unit.name not in with_one:
                yield f"unit-{unit.pk}", f"演示·{unit.label}联络员"[:40], Role.LIAISON, unit.name

    def _show(self):
        self.stdout.write(f"\nDemo accounts (demo data, not real people); the password of each is {PASSWORD}")
        for username, name, role, _ in PEOPLE:
            self.stdout.write(f"  {username:<16}{Role(role).label}  {name}")
        self.stdout.write("")
