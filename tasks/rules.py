"""Permissions on plans, duties, reports and evidence, a named one a line (design: Who may do what)."""

import rules

from departments.rules import approves_for_unit, is_leader, is_liaison, is_office, is_reviewer, reads_everything

from .models import Assignment

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
    if user.pk in (report.author_id, report.attested_by_id, report.leader_approved_by_id):
        return True
    return any(writer.pk == user.pk for writer in report.writers.all())


@rules.predicate
def approves_as_leader(user, report):
    """The person approves what leaves the report's unit: its leader, or who stands in for the leader."""
    return bool(approves_for_unit(user) and report is not None and report.assignment.unit_id == user.unit_id)


@rules.predicate
def leads_rows(user):
    """The person's unit coordinates a row, by its own name (design: The table)."""
    return Assignment.objects.owed().filter(unit=user.unit_id, coordinates=True).exists()


@rules.predicate
def leads_the_duty(user, assignment):
    """The person's unit coordinates the row, and the duty is another, responsible unit's (design: The
    table, Who may do what).
    """
    return assignment is not None and Assignment.objects.filter(pk=assignment.pk).chased_by(user).exists()


@rules.predicate
def was_chased(user, reminder):
    """The own unit is urged by the reminder."""
    return bool(reminder is not None and reminder.items.filter(assignment__unit=user.unit_id).exists())


@rules.predicate
def leads_the_report(user, report):
    """The same, of the duty that a report is on."""
    return bool(report is not None and leads_the_duty(user, report.assignment))


@rules.predicate
def coordinates_the_row(user, task):
    """The person's unit coordinates the row (design: The table), and they are its liaison."""
    return bool(task is not None and user.is_authenticated and Assignment.objects.led_by(user, task.pk).exists())


@rules.predicate
def asked_it(user, extension):
    """The person asked for the extension."""
    return bool(extension is not None and extension.asked_by_id == user.pk)


@rules.predicate
def extension_of_own_unit(user, extension):
    """The request is the own unit's."""
    return bool(extension is not None and extension.assignment.unit_id == user.unit_id)


reviews_reports = is_office | is_reviewer

rules.add_perm("tasks.manage_plan", is_office)
rules.add_perm("tasks.write_report", is_liaison & same_unit)
rules.add_perm("tasks.submit_report", is_liaison & report_of_own_unit)
rules.add_perm("tasks.withdraw_report", is_liaison & report_of_own_unit & wrote_it)
rules.add_perm("tasks.read_review_queue", reads_everything)
rules.add_perm("tasks.review", reviews_reports)
rules.add_perm("tasks.review_report", reviews_reports & ~wrote_it)
rules.add_perm("tasks.revoke_completion", reviews_reports)

rules.add_perm("tasks.acknowledge", is_liaison & same_unit)
rules.add_perm("tasks.remind", reviews_reports | is_liaison & leads_rows)
rules.add_perm("tasks.remind_duty", reviews_reports | is_liaison & leads_the_duty)
rules.add_perm("tasks.see_reminder", (is_liaison | is_leader) & was_chased)
rules.add_perm("tasks.use_lead_page", is_liaison)
rules.add_perm("tasks.lead_task", is_liaison & coordinates_the_row)
rules.add_perm("tasks.give_opinion", is_liaison & leads_the_report & ~wrote_it)
rules.add_perm("tasks.approve_as_leader", approves_as_leader & ~wrote_it)
rules.add_perm("tasks.ask_extension", is_liaison & same_unit)
rules.add_perm("tasks.withdraw_extension", is_liaison & extension_of_own_unit)
rules.add_perm("tasks.decide_extension", reviews_reports & ~asked_it)
rules.add_perm("tasks.extend", reviews_reports)
rules.add_perm("tasks.suspend", is_office)
rules.add_perm("tasks.reassign", is_office)
rules.add_perm("tasks.call_round", is_office)
rules.add_perm("tasks.read_outbox", is_office)
rules.add_perm("tasks.publish", is_office)
