"""Permissions on plans, duties, reports and evidence, one named permission per line (design: Who may do what)."""

import rules

from departments.choices import Role
from departments.models import User
from departments.rules import (
    approves_for_unit,
    is_auditor,
    is_leader,
    is_liaison,
    is_office,
    is_reviewer,
    one_hand,
    reads_everything,
    units_are_ranked,
)
from wenshang_disclosure.core.region import worded
from wenshang_disclosure.core.web.errors import may

from .choices import Grade, PlanState, Sharing
from .models import Assignment, Question

NOT_A_READER = worded("审核页面由{office_short}工作人员、审核人和审计人员使用。")


@rules.predicate
def same_unit(user, assignment):
    """Return whether the duty is the own unit's."""
    return bool(assignment is not None and user.unit_id == assignment.unit_id)


@rules.predicate
def reads_from_inside(user, assignment):
    """Return whether the user reads all of the duty, and not as a lead the submitted reports alone."""
    if assignment is None or not user.is_authenticated:
        return False
    return user.unit_id == assignment.unit_id or bool(
        Assignment.objects.filter(pk=assignment.pk).read_from_inside(user).exists()
    )


@rules.predicate
def report_of_own_unit(user, report):
    """Return whether the report is the own unit's."""
    return bool(report is not None and user.unit_id == report.assignment.unit_id)


def _writers(report):
    """Return the ids of the people who started, edited, submitted or approved the report within its unit."""
    return report.writer_ids() | {report.leader_approved_by_id} - {None}


@rules.predicate
def wrote_it(user, report):
    """Return whether the user started, edited, submitted or approved the report within its unit."""
    return bool(report is not None and user.pk in _writers(report))


@rules.predicate
def was_entered(user, report):
    """Return whether the office submitted the report for its unit (代填), whose own it is all the same."""
    return bool(report is not None and report.entered)


@rules.predicate
def its_writers_have_left(user, report):
    """Return whether nobody who wrote the report is of its unit any more, so that a colleague goes on with it."""
    if report is None:
        return False
    return not User.objects.in_post(unit=report.assignment.unit_id).filter(pk__in=_writers(report)).exists()


@rules.predicate
def wrote_or_handled_it(user, report):
    """Return whether the user wrote the report, or may be one person with somebody who did (four eyes).

    That is so where one of them had made the account of the other or given it a password when the report was submitted,
    or where the same person had done so for both (`departments.rules.one_hand`).
    """
    if report is None:
        return False
    return one_hand(user, _writers(report), since=report.attested_at or report.created_at)


@rules.predicate
def approves_as_leader(user, report):
    """Return whether the user approves submissions of the report's unit: its leader or their deputy."""
    return bool(approves_for_unit(user) and report is not None and report.assignment.unit_id == user.unit_id)


@rules.predicate
def leads_rows(user):
    """Return whether the user's unit coordinates a row, by its own name (design: The table)."""
    return Assignment.objects.owed().filter(unit=user.unit_id, coordinates=True).exists()


@rules.predicate
def leads_the_duty(user, assignment):
    """Return whether the user's unit coordinates the row of another, responsible unit's duty (design: The table)."""
    return assignment is not None and Assignment.objects.filter(pk=assignment.pk).chased_by(user).exists()


@rules.predicate
def was_chased(user, reminder):
    """Return whether the reminder is about a duty of the own unit."""
    return bool(reminder is not None and reminder.items.filter(assignment__unit=user.unit_id).exists())


@rules.predicate
def sent_it(user, reminder):
    """Return whether the reminder was sent by the user's own side, and of a grade that the user may send."""
    if reminder is None or not user.is_authenticated:
        return False
    if reviews_reports(user):
        return reminder.from_unit_id is None and (is_office(user) or reminder.grade != Grade.RED)
    return bool(user.role == Role.LIAISON and reminder.from_unit_id == user.unit_id)


@rules.predicate
def leads_the_report(user, report):
    """Return whether the user's unit coordinates the row of the report's duty."""
    return bool(report is not None and leads_the_duty(user, report.assignment))


@rules.predicate
def coordinates_the_row(user, task):
    """Return whether the user is a liaison whose unit coordinates the row (design: The table)."""
    return bool(task is not None and user.is_authenticated and Assignment.objects.led_by(user, task.pk).exists())


@rules.predicate
def requested_or_handled_it(user, extension):
    """Return whether the user requested the extension, or may be one person with who did, as with reports."""
    since = extension and extension.requested_at
    return bool(extension is not None and one_hand(user, [extension.requested_by_id], since=since))


@rules.predicate
def extension_of_own_unit(user, extension):
    """Return whether the request is the own unit's."""
    return bool(extension is not None and extension.assignment.unit_id == user.unit_id)


@rules.predicate
def holds_the_row(user, task):
    """Return whether the user's unit holds the row of an issued plan today, itself or after a merger."""
    return bool(task is not None and user.is_authenticated and Assignment.objects.held_by(user, task).exists())


@rules.predicate
def is_of_issued_plan(user, task):
    """Return whether the row is in force: in a plan that is issued, and not withdrawn."""
    return bool(task is not None and task.plan.state == PlanState.ISSUED)


@rules.predicate
def takes_part_in_discussion(user, task):
    """Return whether there is anything for the user on the row's discussion page, today or from before."""
    if task is None or not user.is_authenticated:
        return False
    return user.reads_everything or bool(Question.objects.visible_to(user).filter(task=task).exists())


@rules.predicate
def own_view(user, view):
    """Return whether the user saved the view."""
    return bool(view is not None and user.is_authenticated and user.pk == view.owner_id)


@rules.predicate
def is_for_everybody(user, view):
    """Return whether the view is shared with everybody."""
    return bool(view is not None and view.sharing == Sharing.COUNTY)


reviews_reports = is_office | is_reviewer

rules.add_perm("tasks.manage_plan", is_office)
rules.add_perm("tasks.read_plans", is_office | is_auditor)
rules.add_perm("tasks.undo_issue", is_office)
rules.add_perm("tasks.read_handling", reads_everything | reads_from_inside)
rules.add_perm("tasks.write_report", is_liaison & same_unit)
rules.add_perm("tasks.submit_report", is_liaison & report_of_own_unit)
rules.add_perm(
    "tasks.withdraw_report", is_liaison & report_of_own_unit & (wrote_it | was_entered | its_writers_have_left)
)
rules.add_perm("tasks.use_sheet", is_liaison | is_office)
rules.add_perm("tasks.enter_for_unit", is_office)
rules.add_perm("tasks.see_entered", reads_everything | is_liaison | is_leader)
rules.add_perm("tasks.answer_any_entered", is_liaison | is_leader)
rules.add_perm("tasks.answer_entered", (is_liaison | is_leader) & report_of_own_unit)
rules.add_perm("tasks.read_review_queue", reads_everything)
rules.add_perm("tasks.see_slow_units_first", rules.is_authenticated & units_are_ranked)
rules.add_perm("tasks.review", reviews_reports)
rules.add_perm("tasks.review_report", reviews_reports & ~wrote_or_handled_it)
rules.add_perm("tasks.revoke_completion", reviews_reports)
rules.add_perm("tasks.undo_review", reviews_reports & ~wrote_or_handled_it)

rules.add_perm("tasks.acknowledge", is_liaison & same_unit)
rules.add_perm("tasks.remind", reviews_reports | is_liaison & leads_rows)
rules.add_perm("tasks.supervise", is_office)
rules.add_perm("tasks.remind_duty", reviews_reports | is_liaison & leads_the_duty)
rules.add_perm("tasks.see_reminder", (is_liaison | is_leader) & was_chased)
rules.add_perm("tasks.answer_reminder", (is_liaison | is_leader) & was_chased)
rules.add_perm("tasks.withdraw_reminder", sent_it)
rules.add_perm("tasks.manage_phrases", is_office)
rules.add_perm("tasks.see_handover", is_liaison | is_leader)
rules.add_perm("tasks.use_lead_page", is_liaison)
rules.add_perm("tasks.lead_task", is_liaison & coordinates_the_row)
rules.add_perm("tasks.give_opinion", is_liaison & leads_the_report & ~wrote_it)
rules.add_perm("tasks.read_discussion", holds_the_row | takes_part_in_discussion)
rules.add_perm("tasks.discuss", reviews_reports & is_of_issued_plan | (is_liaison | is_leader) & holds_the_row)
rules.add_perm("tasks.pin_answer", is_office)
rules.add_perm("tasks.approve_as_leader", approves_as_leader & ~wrote_it)
rules.add_perm("tasks.ask_extension", is_liaison & same_unit)
rules.add_perm("tasks.withdraw_extension", is_liaison & extension_of_own_unit)
rules.add_perm("tasks.decide_extension", reviews_reports & ~requested_or_handled_it)
rules.add_perm("tasks.extend", reviews_reports)
rules.add_perm("tasks.undo_extension", reviews_reports & ~requested_or_handled_it)
rules.add_perm("tasks.suspend", is_office)
rules.add_perm("tasks.reassign", is_office)
rules.add_perm("tasks.call_round", is_office)
rules.add_perm("tasks.reopen_round", is_office)
rules.add_perm("tasks.read_outbox", is_office | is_auditor)
rules.add_perm("tasks.retry_mail", is_office)
rules.add_perm("tasks.publish", is_office)

rules.add_perm("tasks.share_view", is_office)
rules.add_perm("tasks.share_view_in_unit", is_liaison | is_leader)
rules.add_perm("tasks.change_view", own_view)
rules.add_perm("tasks.delete_view", own_view | is_office & is_for_everybody)
rules.add_perm("tasks.mail_view", own_view & (reviews_reports | is_liaison | is_leader))
rules.add_perm("tasks.mail_view_outside", is_office)


def ranges_to_share(user):
    """Return the ranges in which `user` may share views (`Sharing`), the own one included."""
    wider = ((Sharing.UNIT, "tasks.share_view_in_unit"), (Sharing.COUNTY, "tasks.share_view"))
    return [Sharing.OWN, *(sharing for sharing, permission in wider if may(user, permission))]
