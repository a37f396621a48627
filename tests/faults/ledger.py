"""What people were told compared with what stands afterwards."""

from collections import Counter

DRAFT = "draft"


def compare(workers, truth):
    """Return what was lost or done twice, each as a line; nothing where all is well."""
    by_text = {}
    for report in truth["reports"]:
        by_text.setdefault((report["duty"], report["text"]), []).append(report)
    wrong = [line for worker in workers for work in worker.works for line in _work(work, by_text)]
    wrong += [f"status of duty {duty} does not follow its steps" for duty in truth["crooked"]]
    wrong += [f"file {path} is missing" for path in truth["missing"]]
    wrong += [f"file {path} is changed" for path in truth["changed"]]
    if truth["broken"]:
        wrong.append(f"audit chain: {truth['broken']}")
    return wrong


def _work(work, by_text):
    later = work.texts[work.texts.index(work.saved) :] if work.saved else []
    found = [report for text in later for report in by_text.get((work.duty, text), [])]
    if work.saved and not found:
        yield f"saved text “{work.saved}” is gone"
    if len(found) > 1:
        yield f"“{work.saved}” is there {len(found)} times"
    if not found:
        return
    report, kept = found[0], Counter(found[0]["files"])
    for digest, acknowledged in work.files.items():
        if acknowledged and not kept[digest]:
            yield f"file {digest[:12]} of “{work.saved}” is gone"
        if kept[digest] > 1:
            yield f"file {digest[:12]} of “{work.saved}” is there {kept[digest]} times"
    if work.submitted and (report["state"] == DRAFT or report["submitted"] != 1):
        yield f"“{work.saved}” was submitted, and is {report['state']}, {report['submitted']} times"


def line(workers, truth, wrong):
    """Put the figures in words."""
    counts = sum((worker.counts for worker in workers), Counter())
    refused = sum(number for status, number in counts.items() if isinstance(status, int) and status >= 500)
    acknowledged = sum(worker.acknowledged for worker in workers)
    return (
        f"sent {counts['sent']}, acknowledged {acknowledged} changes, broken off {counts['broken off']}, "
        f"refused {refused}, found {acknowledged - len(wrong)}, lost {len(wrong)}; reports {len(truth['reports'])}, "
        f"files {truth['files']} (leftovers swept {truth['swept']}), chain {truth['chain']}; "
        f"slowest answer {max(worker.slowest for worker in workers):.1f} s"
    )
