"""Daily check of the audit trail."""

import argparse
import re

from django.core.management.base import BaseCommand, CommandError

from wenshang_disclosure.audit.checking import check


def noted_link(text):
    """Return `(number, hash)` of NUMBER:HASH."""
    match = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", text.strip())
    if not match:
        raise argparse.ArgumentTypeError("expected a link as printed by this command: NUMBER:HASH")
    return int(match[1]), match[2]


class Command(BaseCommand):
    """Checks the audit trail; exit status 1 if it was altered."""

    help = (
        "Check the chain of the audit trail, what it notes of submitted reports and published results, and the "
        "database's guards, and print the chain's head. "
        "Exit status: 0 unaltered, 1 altered."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--expect",
            metavar="NUMBER:HASH",
            type=noted_link,
            help="a head that an earlier run printed, kept elsewhere: shows a cut-off tail and a rewritten chain",
        )

    def handle(self, *args, expect, **options):
        finding = check(expect)
        for warning in finding.warnings:
            self.stderr.write(f"warning: {warning}")
        begins = f", begins after {finding.after}" if finding.after else ""
        self.stdout.write(f"entries: {finding.verdict.entries}{begins}\nhead: {finding.head}")
        if finding.verdict.contents:
            self.stdout.write(f"contents: {len(finding.verdict.contents)} reports and results compared")
        if finding.verdict.unsigned:
            self.stdout.write(f"unsigned: {finding.verdict.unsigned}, from before there were keys: only chained")
        if finding.faults:
            raise CommandError("\n".join(finding.faults), returncode=1)
