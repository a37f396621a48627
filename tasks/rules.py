"""Who may do what with plans, duties, reports and evidence: the table of design §6, one named permission a line."""

import rules

from departments.rules import is_liaison, is_office, is_reviewer, reads_everything

NOT_A_READER = "审核页面由县政府办公室工作人员、审核人和审计人员使用。"


@rules.predicate
def same_unit(user, assignment):
    """The duty is the own unit's."""
    return bool(assignment is not None and user.unit_id == assignment.unit_id)


@rules.predicate
def report_of_own_unit(user, report):
    """The report is the own unit's."""
    return bool(report is not None and user.unit_id == report.assignment.unit_id)


@rules.predicate
def wrote_it(user, report):
    """The person started, wrote in, or handed in the report."""
    if report is None:
        return False
    if user.pk in (report.author_id, report.attested_by_id):
        return True
    return any(writer.pk == user.pk for writer in report.writers.all())


reviews_reports = is_office | is_reviewer

rules.add_perm("tasks.manage_plan", is_office)
rules.add_perm("tasks.write_report", is_liaison & same_unit)
rules.add_perm("tasks.submit_report", is_liaison & report_of_own_unit)
rules.add_perm("tasks.withdraw_report", is_liaison & report_of_own_unit & wrote_it)
rules.add_perm("tasks.read_review_queue", reads_everything)
rules.add_perm("tasks.review", reviews_reports)
rules.add_perm("tasks.review_report", reviews_reports & ~wrote_it)
rules.add_perm("tasks.revoke_completion", reviews_reports)
