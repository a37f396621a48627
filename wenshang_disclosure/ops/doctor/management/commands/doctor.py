"""Command that examines the installation, as far as that takes Django; `wenshang doctor` begins before it."""

import json

from django.core.management.base import BaseCommand

from wenshang_disclosure.ops.doctor.examination import FAULT, as_data, examine


class Command(BaseCommand):
    """Prints each finding in Chinese, with what to type."""

    help = "Examine the installation (deploy/doctor.py examines Python, services and certificate as well)."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args, **options):
        findings = examine()
        if options["json"]:
            self.stdout.write(json.dumps(as_data(findings), ensure_ascii=False))
            return
        for finding in findings:
            self.stdout.write(f"[{finding.level}] {finding.subject}：{finding.says}")
            if finding.command:
                self.stdout.write(f"       请执行：{finding.command}")
        if any(finding.level == FAULT for finding in findings):
            raise SystemExit(1)
