"""Eight reviewers answer the same fifty reports at once: each gets one decision, everybody else is told."""

import threading
from collections import Counter

from tests.faults.people import Person


class Reviewer(Person, threading.Thread):
    """Approves or returns every report, and counts what the server said."""

    def __init__(self, base, number, reports, together):
        threading.Thread.__init__(self, daemon=True)
        Person.__init__(self, base, f"reviewer{number}")
        self.number, self.reports, self.together = number, reports, together
        self.said = Counter()

    def run(self):
        self.sign_in()
        for place, report in enumerate(self.reports):
            self.together.wait(timeout=60)
            does = "approve" if (self.number + place) % 2 else "return"
            answer = self.again(lambda report=report, does=does: self.decide(report, does))
            self.said[answer.status_code] += 1

    def decide(self, report, does):
        return self.post(f"/reviews/{report}/{does}/", {"comment": "请补充发布链接。"})


def run(place, *, seconds):
    """Return `(line, what is wrong)`; the number of reports is what takes the time."""
    reports = place.people["reports"][: 50 if seconds > 10 else 15]
    with place.server() as server:
        together = threading.Barrier(8)
        reviewers = [Reviewer(server.base, number, reports, together) for number in range(8)]
        for reviewer in reviewers:
            reviewer.start()
        for reviewer in reviewers:
            reviewer.join(timeout=180)
        truth = server.truth()
    said = sum((reviewer.said for reviewer in reviewers), Counter())
    decided = Counter(report["decided"] for report in truth["reports"])
    wrong = [f"{number} reports have {times} decisions" for times, number in decided.items() if times > 1]
    if decided[1] != len(reports) or said[302] != len(reports):
        wrong.append(f"{len(reports)} reports, {said[302]} decisions acknowledged, {decided[1]} found")
    if said[302] + said[409] != 8 * len(reports):
        wrong.append(f"answers were {dict(said)}")
    wrong += [f"status of duty {duty} does not follow its steps" for duty in truth["crooked"]]
    wrong += [truth["broken"]] if truth["broken"] else []
    sent = sum(reviewer.counts["sent"] for reviewer in reviewers)
    twice = sum(number for times, number in decided.items() if times > 1)
    return (
        f"8 reviewers, {len(reports)} reports: sent {sent}, acknowledged {said[302]}, "
        f"told that somebody was faster {said[409]}, decisions found {decided[1]}, twice {twice}",
        wrong,
    )
