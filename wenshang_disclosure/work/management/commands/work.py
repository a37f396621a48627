"""Command that carries out background work: by itself as a process, with --once on a timer."""

import signal

from django.core.management.base import BaseCommand

from wenshang_disclosure.work.worker import Worker


class Command(BaseCommand):
    """Any number of processes on any number of machines may run at once; each job is done by one of them."""

    help = (
        "Carry out background work (large files) until SIGTERM, which ends it after the present job. "
        "With --once carry out what waits and end; a timer runs that every minute."
    )
    requires_system_checks = ()  # they load every page, which takes longer than to see that nothing waits

    def add_arguments(self, parser):
        """Add --once."""
        parser.add_argument("--once", action="store_true", help="carry out what waits, and end")

    def handle(self, *args, **options):
        """Carry out jobs, and print how many."""
        worker = Worker()
        before = {number: signal.signal(number, worker.stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            done = worker.run(once=options["once"])
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        if done or not options["once"]:
            self.stdout.write(f"{done} jobs were carried out.")
