"""A demo year that is still running: what would have happened by an evening has, and nothing after it.

The year is simulated to its end and cut on that evening, so that reports wait for review, returned ones for an answer
and duties are late, as they would be on any day.
"""

from datetime import date, timedelta

from django.utils import timezone

from tasks.choices import IN_HAND, Event, ReportState
from wenshang_disclosure.core.working_days import subtract_working_days

from . import texts
from .activity import Year, workday

USUALLY_ISSUED = (3, 4)
LEAST_DAYS = 75
EARLIEST = (12, 10)
"""A table is issued on 4 March, or earlier, so that there is something to tell of; never before 10 December."""
ROUND_OPENED, ROUND_GOES_ON = 6, 6
REPORTS_IN_THE_ROUND = {"diligent": 0.8, "usual": 0.45, "slack": 0.12}
APPROVED_AT_ONCE = 0.9
LATELY = ("returned", "waiting", "under_review")


def issue_day(year, today):
    """Return the day on which the table of a running year was issued."""
    usual = min(date(year, *USUALLY_ISSUED), today - timedelta(days=LEAST_DAYS))
    return workday(max(usual, date(year - 1, *EARLIEST)))


def last_evening(today):
    """Return the evening up to which something has happened: yesterday's."""
    return today - timedelta(days=1)


def round_days(today):
    """Return the first and the last day of the round that is running."""
    opens_on = subtract_working_days(today, ROUND_OPENED)
    return workday(opens_on), workday(today + timedelta(days=ROUND_GOES_ON))


class RunningYear(Year):
    """Simulation of a year up to the evening of `until`."""

    def __init__(self, seed, people, reviewers, stored_files=None, *, until):
        super().__init__(seed, people, reviewers, stored_files)
        self.until = until

    def _closing_day(self, outcome, after, end):
        """Return the day of the last report; what is still open was sent lately."""
        if outcome not in LATELY:
            return super()._closing_day(outcome, after, end)
        least, most = (7, 9) if outcome == "returned" else (0, 5)
        day = workday(self.until - timedelta(days=self.random.randint(least, most)), step=-1)
        return self._no_earlier(after, day)

    def cut(self):
        """Take back what would happen after the last evening, and let each duty stand as its last step left it."""
        self.transitions = [step for step in self.transitions if step.on <= self.until]
        self.ratings = [rating for rating in self.ratings if rating.on <= self.until]
        self.generations = [[one for one in reports if self._is_past(one.submitted_at)] for reports in self.generations]
        for reports in self.generations:
            for report in reports:
                if not self._is_past(report.reviewed_at):
                    report.state, report.reviewed_by, report.reviewed_at = ReportState.SUBMITTED, None, None
                    report.review_comment, report.quality, report.is_exemplary = "", None, False
        last = {step.assignment_id: step for step in self.transitions}
        signed = {step.assignment_id for step in self.transitions if step.event == Event.ACKNOWLEDGED}
        for duty in self.duties:
            self._leave_as(duty, last.get(duty.pk), duty.pk in signed)

    def _is_past(self, at):
        return at is None or timezone.localdate(at) <= self.until

    def report_in_the_round(self, opens_on):
        """Let units report on what is open in the running round, the diligent ones more of it; most is approved."""
        waits = {report.assignment_id for reports in self.generations for report in reports if not report.reviewed_at}
        days = [opens_on + timedelta(days=n) for n in range((self.until - opens_on).days + 1)]
        days = [day for day in days if workday(day) == day]
        for duty in self.duties:
            of_unit = REPORTS_IN_THE_ROUND[self.diligence.get(duty.unit_id, "usual")]
            is_open = duty.status in IN_HAND and duty.acknowledged_at and not duty.awaits_answer
            if not (days and is_open) or duty.pk in waits or self.random.random() > of_unit:
                continue
            self.count = (duty.task.target_count or 1) - 1
            day = self.random.choice(days)
            report = self._submit(duty, day, texts.PLAIN)
            answered = self._later(day, 0, 1)
            if answered <= self.until and self.random.random() < APPROVED_AT_ONCE:
                self._answer(report, answered, ReportState.APPROVED)
