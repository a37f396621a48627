"""Check that the audit trail is as it was written: from a timer, every day."""

import argparse
import re

from django.core.management.base import BaseCommand, CommandError

from wenshang_disclosure.audit.checking import check


def noted_link(text):
    """Read NUMBER:HASH."""
    match = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", text.strip())
    if not match:
        raise argparse.ArgumentTypeError("give a link as this command prints it: NUMBER:HASH")
    return int(match[1]), match[2]


class Command(BaseCommand):
    """Ends with 0 where everything is as it was written, with 1 where it is not."""

    help = (
        "Check the chain of the audit trail and the database's guards, and print the chain's head. "
        "Exit status: 0 all is as it was written, 1 it is not."
    )

    def add_arguments(self, parser):
        """Take what was noted before."""
        parser.add_argument(
            "--expect",
            metavar="NUMBER:HASH",
            type=noted_link,
            help="a head that an earlier run printed, kept elsewhere: shows a cut-off tail and a rewritten chain",
        )

    def handle(self, *args, expect, **options):
        """Check, and print what was found."""
        finding = check(expect)
        for warning in finding.warnings:
            self.stderr.write(f"warning: {warning}")
        begins = f", begins after {finding.after}" if finding.after else ""
        self.stdout.write(f"entries: {finding.verdict.entries}{begins}\nhead: {finding.head}")
        if finding.faults:
            raise CommandError("\n".join(finding.faults), returncode=1)
