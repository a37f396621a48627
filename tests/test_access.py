"""Every URL as every role, against one table (design: Who may do what). A URL without a row fails."""

import re
from copy import copy
from operator import attrgetter

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from departments.choices import Role

from .environment import LONG
from .factories import EvidenceFactory, UserFactory
from .world import bring_sheets, supervise

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(county):
    """Return the county in which the office has chased the town and entered a report for it."""
    return bring_sheets(supervise(county))


ROLES = (
    "anonymous",
    "office",
    "administrator",
    "reviewer",
    "auditor",
    "liaison",
    "leader",
    "lead",
    "lead_leader",
    "stranger",
)
IN, NO, GONE, SIGN_IN, FORBIDDEN_METHOD = 200, 403, 404, 302, 405


def everybody(status, **otherwise):
    """Return the same expectation for all signed-in roles; anonymous is sent to sign in."""
    return {role: otherwise.get(role, SIGN_IN if role == "anonymous" else status) for role in ROLES}


READS_ALL = ("office", "administrator", "reviewer", "auditor")
SEES_THE_DUTY = {**everybody(GONE), **dict.fromkeys((*READS_ALL, "liaison", "leader", "lead"), IN)}
OWN_UNIT_AND_ALL = {**everybody(GONE), **dict.fromkeys((*READS_ALL, "liaison", "leader"), IN)}
QUEUE = {**everybody(NO), **dict.fromkeys(READS_ALL, IN)}
REVIEW_POST = {**everybody(NO), **dict.fromkeys(("office", "administrator", "reviewer"), 422)}
WRITES = {**everybody(GONE), **dict.fromkeys((*READS_ALL, "leader", "lead"), NO), "liaison": IN}
WRITE_POST = {**WRITES, "liaison": 422}
CALLS_ROUNDS = {**OWN_UNIT_AND_ALL, **dict.fromkeys(("reviewer", "auditor", "liaison", "leader"), NO)}
OPEN = dict.fromkeys(ROLES, IN)
OWN_VIEW = {**everybody(GONE), "liaison": IN, "leader": NO}


def manages(status):
    """Return the same expectation for the office, whatever the plan; nobody else has access."""
    return {**everybody(NO), **dict.fromkeys(("office", "administrator"), status)}


def administrators(status):
    """Return the expectation for what administrators alone do."""
    return {**everybody(NO), "administrator": status}


ISSUED = 409  # the county's plan is issued: what only a draft has says so
NEVER = everybody(FORBIDDEN_METHOD)
NO_TOKEN = dict.fromkeys(ROLES, 401)  # a session opens nothing; what a token opens is in tests/api/test_api.py
ANYBODY_NEVER = dict.fromkeys(ROLES, FORBIDDEN_METHOD)

PLANS = {**everybody(NO), **dict.fromkeys(("office", "administrator"), IN)}
AUDIT = {**PLANS, "auditor": IN}
NOTHING_TO_COMPARE = {role: GONE if status == IN else status for role, status in AUDIT.items()}
READ_BY_AUDIT = {role: FORBIDDEN_METHOD if status == IN else status for role, status in AUDIT.items()}
READ_AS_DRAFT = {role: GONE if status == NO else status for role, status in AUDIT.items()}
PLANS_MOVE_ON = {**PLANS, **dict.fromkeys(("office", "administrator"), 302)}
PLANS_REFUSED = {**PLANS, **dict.fromkeys(("office", "administrator"), 422)}

OTHERS_NOT = {role: status for role, status in PLANS.items() if status == NO}


def office_steps(status, *others):
    """Return the expectation for an office step on one duty; those who see the duty get 403, others 404."""
    told = dict.fromkeys((*READS_ALL, "liaison", "leader", "lead"), NO)
    return {**everybody(GONE), **told, **dict.fromkeys(("office", "administrator", *others), status)}


DISCUSSES = {**everybody(422), "auditor": NO, "stranger": GONE}
OF_A_UNIT = {**everybody(NO), **dict.fromkeys(("liaison", "leader", "lead", "lead_leader", "stranger"), IN)}
NOT_OF_A_UNIT = {role: status for role, status in OF_A_UNIT.items() if status == NO}
LEADERS = {**everybody(NO), **dict.fromkeys(("leader", "lead_leader"), IN)}
LIAISONS = {**everybody(NO), **dict.fromkeys(("liaison", "lead", "stranger"), IN)}
USES_SHEETS = {**everybody(NO), **dict.fromkeys(("office", "administrator", "liaison", "lead", "stranger"), IN)}
OWN_SHEET = {role: GONE if status == IN and role != "liaison" else status for role, status in USES_SHEETS.items()}
ANSWERS_ENTERED = {**OWN_UNIT_AND_ALL, **dict.fromkeys(READS_ALL, NO)}
LEADERS_NOT = {role: status for role, status in LEADERS.items() if status == NO}

# name: (arguments, GET, POST). The arguments are ids of the town's, or of the row that the town answers for.
TABLE = {
    "tasks:import": ([], PLANS, PLANS_REFUSED),
    "tasks:import-learnt": ([], PLANS, NEVER),
    "tasks:import-forget": (["known_answer"], NEVER, PLANS_MOVE_ON),
    "tasks:import-file": (["table_file"], PLANS, NEVER),
    "tasks:setup": ([], administrators(IN), NEVER),
    "tasks:clear-demo": ([], everybody(GONE), everybody(GONE)),  # this is no trial
    "tasks:load-demo": ([], everybody(GONE), everybody(GONE)),
    "tasks:import-units": (["table_file"], PLANS, PLANS_REFUSED),
    "tasks:import-read": (["table_file"], NEVER, PLANS_MOVE_ON),
    "tasks:import-progress": (["table_file"], PLANS, NEVER),
    "tasks:import-answer": (["table_file"], NEVER, PLANS_REFUSED),
    "tasks:import-rows": (["table_file"], NEVER, PLANS_MOVE_ON),
    "tasks:import-columns": (["table_file", "first_table"], NEVER, PLANS_REFUSED),
    "tasks:import-take": (["table_file"], NEVER, {**PLANS, **dict.fromkeys(("office", "administrator"), 409)}),
    "tasks:import-discard": (["table_file"], NEVER, PLANS_MOVE_ON),
    "departments:import": ([], PLANS, PLANS_REFUSED),
    "departments:import-template": ([], PLANS, {**NEVER, **OTHERS_NOT}),
    "departments:import-file": (["register_file"], PLANS, {**NEVER, **OTHERS_NOT}),
    "departments:import-take": (["register_file"], {**NEVER, **OTHERS_NOT}, PLANS_REFUSED),
    "departments:import-passwords": (["register_file"], {**NEVER, **OTHERS_NOT}, administrators(IN)),
    "departments:confirmations": ([], {**administrators(IN), "auditor": IN}, NEVER),
    "departments:confirm-grant": (["grant"], NEVER, administrators(302)),
    "departments:refuse-grant": (["grant"], NEVER, administrators(302)),
    "departments:withdraw-grant": (["grant"], NEVER, administrators(NO)),
    "departments:confirm-owner": (["user_session.user"], NEVER, administrators(302)),
    "departments:give-password": (["user_session.user"], administrators(IN), administrators(IN)),
    "departments:send-link": (["user_session.user"], NEVER, administrators(422)),
    "departments:people": ([], PLANS, {**NEVER, **OTHERS_NOT}),
    "departments:add-person": ([], PLANS, PLANS_REFUSED),
    "departments:person": (["user_session.user"], PLANS, PLANS_REFUSED),
    "departments:change-rights": (["user_session.user"], {**NEVER, **OTHERS_NOT}, PLANS_REFUSED),
    "departments:move-person": (["user_session.user"], PLANS, PLANS_REFUSED),
    "departments:cancel-move": (["scheduled_move"], {**NEVER, **OTHERS_NOT}, PLANS_MOVE_ON),
    "departments:close-person": (["user_session.user"], PLANS, PLANS_MOVE_ON),
    "departments:reopen-person": (["user_session.user"], {**NEVER, **OTHERS_NOT}, manages(409)),
    "departments:forget-person": (["user_session.user"], {**NEVER, **OTHERS_NOT}, administrators(422)),
    "departments:reset-second-factor": (["user_session.user"], {**NEVER, **OTHERS_NOT}, administrators(409)),
    "departments:give-membership": (["user_session.user"], {**NEVER, **OTHERS_NOT}, PLANS_REFUSED),
    "departments:end-membership": (["membership"], {**NEVER, **OTHERS_NOT}, PLANS_MOVE_ON),
    "departments:confirm-membership": (["membership"], NEVER, administrators(302)),
    "departments:refuse-membership": (["membership"], NEVER, administrators(302)),
    "departments:switch-membership": ([], NEVER, everybody(GONE)),
    "departments:region": ([], administrators(IN), administrators(422)),
    "departments:logo": ([], dict.fromkeys(ROLES, GONE), ANYBODY_NEVER),  # none was uploaded
    "departments:office-contact": ([], PLANS, PLANS_REFUSED),
    "departments:add-unit": ([], PLANS, PLANS_REFUSED),
    "departments:edit-unit": (["lead_unit"], PLANS, PLANS_REFUSED),
    "departments:retire-unit": (["lead_unit"], PLANS, PLANS_REFUSED),
    "departments:restore-unit": (["lead_unit"], {**NEVER, **OTHERS_NOT}, PLANS_REFUSED),
    "departments:register": ([], dict.fromkeys(ROLES, GONE), dict.fromkeys(ROLES, GONE)),
    "tasks:notifications": ([], everybody(IN), NEVER),
    "tasks:read-notifications": ([], NEVER, everybody(302)),
    "tasks:notification": (["notice"], NEVER, {**everybody(GONE), "liaison": 302}),
    "tasks:me": ([], everybody(IN), everybody(422)),
    "tasks:new-calendar": ([], NEVER, everybody(IN)),
    "tasks:end-calendar": ([], NEVER, everybody(302)),
    "tasks:new-token": ([], NEVER, everybody(422)),
    "tasks:revoke-token": (["token"], NEVER, {**everybody(GONE), "liaison": 302}),
    "api:api-root": ([], everybody(IN), ANYBODY_NEVER),
    "api:openapi-json": ([], {**OPEN, "anonymous": 401}, ANYBODY_NEVER),
    **{
        name: (arguments, NO_TOKEN, ANYBODY_NEVER)
        for name, arguments in (
            ("api:plans", []),
            ("api:plan", ["plan"]),
            ("api:units", []),
            ("api:tasks", []),
            ("api:task", ["task"]),
            ("api:assignments", []),
            ("api:assignment", ["duty"]),
            ("api:elsewhere", ["no_secret"]),
        )
    },
    "tasks:end-session": (["user_session"], NEVER, {**everybody(GONE), "liaison": 302}),
    "tasks:end-other-sessions": ([], NEVER, everybody(302)),
    "tasks:calendar": (["no_secret"], dict.fromkeys(ROLES, GONE), ANYBODY_NEVER),
    "tasks:outbox": ([], AUDIT, NEVER),
    "tasks:retry-mails": ([], NEVER, PLANS_MOVE_ON),
    "tasks:retry-mail": (["failed_mail"], NEVER, PLANS_MOVE_ON),
    "tasks:roll-over": (["plan"], PLANS, PLANS_REFUSED),
    "tasks:compare": (["plan"], AUDIT, READ_BY_AUDIT),
    "tasks:export-compare": (["plan"], NOTHING_TO_COMPARE, READ_BY_AUDIT),
    "tasks:issue": (["plan"], PLANS_MOVE_ON, PLANS_REFUSED),
    "tasks:undo-issue": (["plan"], PLANS, PLANS_REFUSED),
    "tasks:resolve": (["plan"], PLANS, PLANS_REFUSED),
    "tasks:amend": (["task"], PLANS, PLANS_REFUSED),
    "tasks:new-supplement": (["plan"], {**NEVER, **OTHERS_NOT}, PLANS_MOVE_ON),
    "tasks:supplement": (["supplement"], READ_AS_DRAFT, NEVER),
    "tasks:supplement-about": (["supplement"], PLANS, PLANS_REFUSED),
    "tasks:supplement-file": (["supplement"], READ_AS_DRAFT, NEVER),
    "tasks:supplement-rows": (["supplement"], PLANS, PLANS_REFUSED),
    "tasks:supplement-row": (["supplement", "task"], PLANS, PLANS_REFUSED),
    "tasks:leave-supplement-rows": (["supplement"], {**NEVER, **OTHERS_NOT}, PLANS_MOVE_ON),
    "tasks:issue-supplement": (["supplement"], PLANS, PLANS_REFUSED),
    "tasks:undo-supplement": (["supplement"], PLANS, PLANS_REFUSED),
    "tasks:delete-supplement": (["supplement"], {**NEVER, **OTHERS_NOT}, PLANS_MOVE_ON),
    "home": ([], everybody(302), everybody(302)),
    "help": ([], OPEN, ANYBODY_NEVER),
    "help-chapter": (["chapter"], OPEN, ANYBODY_NEVER),
    "healthz": ([], OPEN, ANYBODY_NEVER),
    "readyz": ([], OPEN, ANYBODY_NEVER),
    "metrics": ([], dict.fromkeys(ROLES, GONE), ANYBODY_NEVER),  # off without METRICS_TOKEN
    "departments:sign-in": (
        [],
        {**dict.fromkeys(ROLES, 302), "anonymous": IN},
        {**dict.fromkeys(ROLES, 302), "anonymous": 422},
    ),
    "departments:code": ([], dict.fromkeys(ROLES, 302), dict.fromkeys(ROLES, 302)),  # no password was right
    "departments:second-factor": ([], everybody(IN), everybody(422)),
    "departments:recovery-codes": ([], NEVER, everybody(422)),
    "departments:second-factor-off": ([], NEVER, everybody(422)),
    "departments:sessions": ([], {**PLANS, "auditor": IN}, NEVER),
    "departments:lift-lock": (["failed"], NEVER, PLANS_MOVE_ON),
    "departments:end-session": (["user_session"], NEVER, PLANS_MOVE_ON),
    "departments:end-sessions": (["user_session.user"], NEVER, PLANS_MOVE_ON),
    "departments:prove": ([], everybody(IN), everybody(422)),
    "departments:sign-out": ([], ANYBODY_NEVER, dict.fromkeys(ROLES, 302)),
    "departments:password": ([], everybody(IN), everybody(422)),
    "tasks:plans": ([], AUDIT, READ_BY_AUDIT),
    "tasks:new-plan": ([], manages(IN), manages(422)),
    "tasks:plan": (["plan"], AUDIT, READ_BY_AUDIT),
    "tasks:plan-about": (["plan"], manages(ISSUED), manages(422)),
    "tasks:delete-plan": (["plan"], manages(ISSUED), manages(422)),
    "tasks:add-part": (["plan"], manages(ISSUED), manages(422)),
    "tasks:edit-part": (["task.section.part"], manages(ISSUED), manages(422)),
    "tasks:add-section": (["task.section.part"], manages(ISSUED), manages(ISSUED)),
    "tasks:edit-section": (["task.section"], manages(ISSUED), manages(422)),
    "tasks:add-row": (["plan"], manages(ISSUED), manages(422)),
    "tasks:edit-row": (["task"], manages(ISSUED), manages(422)),
    "tasks:split-row": (["task"], manages(ISSUED), manages(422)),
    "tasks:tasks": ([], everybody(IN), NEVER),
    "tasks:task": (["task"], everybody(IN), NEVER),
    "tasks:assignments": ([], everybody(IN), NEVER),
    "tasks:assignment": (["duty"], SEES_THE_DUTY, NEVER),
    "tasks:revoke": (
        ["duty"],
        NEVER,
        {**SEES_THE_DUTY, **dict.fromkeys(("auditor", "liaison", "leader", "lead"), NO)}
        | dict.fromkeys(("office", "administrator", "reviewer"), 422),
    ),
    "tasks:report": (["duty"], WRITES, WRITE_POST),
    "tasks:autosave": (["duty"], NEVER, {**WRITES, "liaison": 422}),
    "tasks:attach": (["duty"], NEVER, {**WRITES, "liaison": 422}),
    "tasks:attach-link": (["duty"], NEVER, {**WRITES, "liaison": 422}),
    "tasks:remove-evidence": (["draft_item"], NEVER, {**everybody(GONE), "liaison": IN, "leader": NO}),
    "tasks:worklist": ([], {**everybody(IN), "auditor": NO}, NEVER),
    "tasks:batch-report": (
        [],
        LIAISONS,
        {role: 302 if status == IN else status for role, status in LIAISONS.items()},
    ),
    "tasks:shelf": ([], LIAISONS, NEVER),
    "tasks:attach-again": ([], NEVER, LIAISONS),
    "tasks:withdraw": (
        ["report"],
        NEVER,
        {**SEES_THE_DUTY, **dict.fromkeys((*READS_ALL, "leader", "lead"), NO), "liaison": 422},
    ),
    "tasks:enter-report": (["duty"], office_steps(IN), office_steps(409)),  # its unit has a draft
    "tasks:entered": ([], everybody(IN), NEVER),
    "tasks:confirm-several-entered": (
        [],
        NEVER,
        {role: 302 if status == IN else status for role, status in OF_A_UNIT.items()},
    ),
    "tasks:entered-report": (["entered"], OWN_UNIT_AND_ALL, NEVER),
    "tasks:confirm-entered": (["entered"], NEVER, {**ANSWERS_ENTERED, **dict.fromkeys(("liaison", "leader"), 302)}),
    "tasks:object-to-entered": (["entered"], NEVER, {**ANSWERS_ENTERED, **dict.fromkeys(("liaison", "leader"), 422)}),
    "tasks:sheet": ([], USES_SHEETS, NEVER),
    "tasks:sheet-download": (
        [],
        {**USES_SHEETS, **dict.fromkeys(("office", "administrator"), GONE)},
        NEVER,
    ),  # which unit?
    "tasks:upload-sheet": ([], NEVER, {role: 422 if status == IN else status for role, status in USES_SHEETS.items()}),
    "tasks:check-sheet": (["sheet"], OWN_SHEET, NEVER),
    "tasks:choose-in-sheet": (["sheet"], NEVER, {**OWN_SHEET, "liaison": 302}),
    "tasks:take-sheet": (["sheet"], NEVER, {**OWN_SHEET, "liaison": 422}),
    "tasks:discard-sheet": (["sheet"], NEVER, {**OWN_SHEET, "liaison": 302}),
    "tasks:questions": ([], everybody(IN), NEVER),
    "tasks:question": (["question"], SEES_THE_DUTY, NEVER),
    "tasks:answer-question": (["question"], NEVER, DISCUSSES | {"lead_leader": GONE}),
    "tasks:pin-answer": (["answer"], NEVER, office_steps(302)),
    "tasks:take-back-guidance": (["guidance"], NEVER, PLANS_REFUSED),
    "tasks:discussion": (["task"], {**everybody(IN), "stranger": GONE}, NEVER),
    "tasks:ask-question": (["task"], NEVER, DISCUSSES),
    "tasks:reviews": ([], QUEUE, NEVER),
    "tasks:review": (["report"], QUEUE, NEVER),
    "tasks:approve": (
        ["report"],
        NEVER,
        {**everybody(NO), **dict.fromkeys(("office", "administrator", "reviewer"), 302)},
    ),
    "tasks:return": (["report"], NEVER, REVIEW_POST),
    "tasks:undo-review": (["report"], {**QUEUE, "auditor": NO}, REVIEW_POST),
    "tasks:rounds": ([], everybody(IN), NEVER),
    "tasks:new-round": ([], PLANS, PLANS_REFUSED),
    "tasks:round": (["round"], OWN_UNIT_AND_ALL, NEVER),
    "tasks:change-round": (
        ["round"],
        CALLS_ROUNDS,
        {**CALLS_ROUNDS, **dict.fromkeys(("office", "administrator"), 422)},
    ),
    "tasks:close-round": (["round"], NEVER, {**CALLS_ROUNDS, **dict.fromkeys(("office", "administrator"), 302)}),
    "tasks:reopen-round": (
        ["round"],
        CALLS_ROUNDS,
        {**CALLS_ROUNDS, **dict.fromkeys(("office", "administrator"), 422)},
    ),
    "tasks:overdue": ([], everybody(IN), NEVER),
    "tasks:handover": ([], {**everybody(IN), **dict.fromkeys(READS_ALL, NO)}, NEVER),
    "tasks:supervision": ([], everybody(IN), NEVER),
    "tasks:reminder-rules": (["plan"], PLANS, PLANS_REFUSED),
    "tasks:automatic-reminders": (["day"], everybody(IN), NEVER),
    "tasks:acknowledgements": ([], everybody(IN), NEVER),
    "tasks:acknowledge": (
        [],
        NEVER,
        {**everybody(NO), **dict.fromkeys(("liaison", "lead", "stranger"), 422)},  # nothing is ticked
    ),
    "tasks:reminders": ([], everybody(IN), NEVER),
    "tasks:reminder": (["reminder"], OWN_UNIT_AND_ALL, NEVER),
    "tasks:see-reminder": (
        ["reminder"],
        NEVER,
        {**OWN_UNIT_AND_ALL, **dict.fromkeys(READS_ALL, NO), **dict.fromkeys(("liaison", "leader"), 302)},
    ),
    "tasks:reminder-items": ([], everybody(IN), NEVER),
    "tasks:answer-reminder": (
        ["reminder"],
        {**OWN_UNIT_AND_ALL, **dict.fromkeys(READS_ALL, NO)},
        {**OWN_UNIT_AND_ALL, **dict.fromkeys(READS_ALL, NO), **dict.fromkeys(("liaison", "leader"), 422)},
    ),
    "tasks:repeat-reminder": (
        ["reminder"],
        NEVER,
        {
            **OWN_UNIT_AND_ALL,
            **dict.fromkeys(("auditor", "liaison", "leader"), NO),
            **dict.fromkeys(("office", "administrator", "reviewer"), 302),
        },
    ),
    "tasks:withdraw-reminder": (
        ["reminder"],
        {**OWN_UNIT_AND_ALL, **dict.fromkeys(("auditor", "liaison", "leader"), NO)},
        {
            **OWN_UNIT_AND_ALL,
            **dict.fromkeys(("auditor", "liaison", "leader"), NO),
            **dict.fromkeys(("office", "administrator", "reviewer"), 422),
        },
    ),
    "tasks:phrases": ([], PLANS, NEVER),
    "tasks:new-phrase": ([], PLANS, PLANS_REFUSED),
    "tasks:edit-phrase": (["phrase"], PLANS, PLANS_REFUSED),
    "tasks:delete-phrase": (["phrase"], NEVER, PLANS_MOVE_ON),
    "tasks:saved-views": ([], everybody(IN), NEVER),
    "tasks:save-view": ([], NEVER, everybody(422)),
    "tasks:saved-view": (["view"], OWN_VIEW, {**OWN_VIEW, "liaison": 422}),
    "tasks:update-view": (["view"], NEVER, {**OWN_VIEW, "liaison": 422}),
    "tasks:mail-view": (["view"], NEVER, {**OWN_VIEW, "liaison": 302}),
    "tasks:move-view": (["view"], NEVER, {**OWN_VIEW, "liaison": 302}),
    "tasks:start-at-view": (["view"], NEVER, {**OWN_VIEW, "liaison": 302, "leader": 302}),
    "tasks:delete-view": (["view"], NEVER, {**OWN_VIEW, "liaison": 302}),
    "tasks:bulk": ([], NEVER, everybody(422)),  # without a step; who may do what is in tests/tasks/views/test_bulk.py
    "tasks:approve-several": ([], NEVER, REVIEW_POST),
    "tasks:evidence": (["item"], SEES_THE_DUTY, everybody(FORBIDDEN_METHOD)),
    "tasks:evidence-picture": (["picture"], SEES_THE_DUTY, everybody(FORBIDDEN_METHOD)),
    "tasks:evidence-document": (["picture"], everybody(GONE), everybody(FORBIDDEN_METHOD)),  # it is no Office file
    "tasks:take-over": (
        ["report"],
        NEVER,
        {**everybody(NO), **dict.fromkeys(("office", "administrator", "reviewer"), 409)},
    ),
    "tasks:leader-approvals": ([], LEADERS, {**NEVER, **LEADERS_NOT}),
    "tasks:leader-approval": (["draft"], {**LEADERS, "lead_leader": GONE}, {**NEVER, **LEADERS_NOT}),
    "tasks:approve-as-leader": (
        ["draft"],
        {**NEVER, **LEADERS_NOT},
        {**LEADERS, "leader": 409, "lead_leader": GONE},
    ),
    "tasks:approve-several-as-leader": ([], NEVER, {**LEADERS, **dict.fromkeys(("leader", "lead_leader"), 422)}),
    "tasks:send-back-several": ([], NEVER, {**LEADERS, **dict.fromkeys(("leader", "lead_leader"), 422)}),
    "tasks:endorse-several": (
        [],
        NEVER,
        {**everybody(NO), **dict.fromkeys(("liaison", "lead", "stranger"), 422)},  # nothing is ticked
    ),
    "tasks:send-back": (["draft"], {**NEVER, **LEADERS_NOT}, {**LEADERS, "leader": 422, "lead_leader": GONE}),
    "tasks:lead-opinions": ([], {**everybody(NO), **dict.fromkeys(("liaison", "lead", "stranger"), IN)}, NEVER),
    "tasks:lead-task": (["task"], {**everybody(NO), "lead": IN}, NEVER),
    "tasks:give-opinion": (
        ["report"],
        NEVER,
        {**SEES_THE_DUTY, **dict.fromkeys((*READS_ALL, "liaison", "leader"), NO), "lead": 422},
    ),
    "departments:own-unit": ([], OF_A_UNIT, {**everybody(NO), **dict.fromkeys(("leader", "lead_leader"), 409)}),
    "departments:stand-in": (
        [],
        {**NEVER, **NOT_OF_A_UNIT},
        {**everybody(NO), **dict.fromkeys(("leader", "lead_leader"), 422)},
    ),
    "departments:end-stand-in": (
        ["deputy"],
        {**NEVER, **NOT_OF_A_UNIT},
        {**everybody(NO), **dict.fromkeys(("lead", "lead_leader", "stranger"), GONE), "leader": 302},
    ),
    "reports:dashboard": ([], {**everybody(302), **dict.fromkeys(READS_ALL, IN)}, NEVER),
    "reports:submitted-reports": ([], everybody(IN), NEVER),
    "reports:export-submitted-reports": ([], everybody(IN), NEVER),
    "reports:matrix": ([], everybody(IN), NEVER),
    "reports:matrix-duty": (
        ["task", "town"],
        {role: 302 if status == IN else status for role, status in SEES_THE_DUTY.items()},
        NEVER,
    ),
    "reports:search": ([], everybody(IN), NEVER),
    "reports:units": ([], everybody(IN), NEVER),
    "reports:unit": (["town"], OWN_UNIT_AND_ALL, NEVER),
    "reports:plan-docx": (["plan"], everybody(IN), NEVER),
    "reports:plan-xlsx": (["plan"], everybody(IN), NEVER),
    "reports:export-reminders": ([], everybody(IN), NEVER),
    "reports:export-reminder-items": ([], everybody(IN), NEVER),
    "reports:supervision-notice": (["reminder"], OWN_UNIT_AND_ALL, NEVER),
    "reports:export-assignments": ([], everybody(IN), NEVER),
    "reports:export-overdue": ([], everybody(IN), NEVER),
    "reports:export-reviews": ([], QUEUE, NEVER),
    "reports:export-rounds": ([], everybody(IN), NEVER),
    "reports:export-extensions": ([], everybody(IN), NEVER),
    "reports:export-suspended": ([], everybody(IN), NEVER),
    "reports:export-questions": ([], everybody(IN), NEVER),
    "reports:export-round": (["round"], OWN_UNIT_AND_ALL, NEVER),
    "reports:export-tasks": ([], everybody(IN), NEVER),
    "reports:export-units": ([], everybody(IN), NEVER),
    "reports:export-unit": (["town"], OWN_UNIT_AND_ALL, NEVER),
    "reports:export-ledger": ([], everybody(IN), NEVER),
    "reports:export-bulletin": ([], QUEUE, NEVER),
    "reports:bulletins": ([], QUEUE, NEVER),
    "reports:issue-bulletin": ([], NEVER, PLANS_MOVE_ON),
    "reports:bulletin": (["bulletin"], QUEUE, NEVER),
    "reports:bulletin-file": (["bulletin"], {**QUEUE, **dict.fromkeys(READS_ALL, 409)}, NEVER),  # its file is nowhere
    "reports:export-annual-report": ([], everybody(IN), NEVER),
    "reports:templates": ([], AUDIT, NEVER),
    "reports:template-file": (["bulletin_template"], AUDIT, NEVER),
    "reports:replace-template": (["bulletin_template"], NEVER, PLANS_REFUSED),
    "reports:put-back-template": (["bulletin_template"], NEVER, PLANS_MOVE_ON),
    "tasks:rate": (
        ["report"],
        NEVER,
        {**everybody(NO), **dict.fromkeys(("office", "administrator", "reviewer"), 409)},
    ),
    "reports:assessment": ([], everybody(IN), NEVER),
    "reports:rubric": ([], PLANS, PLANS_REFUSED),
    "reports:ranking": ([], PLANS, PLANS_REFUSED),
    "reports:publish-assessment": ([], NEVER, {**PLANS, **dict.fromkeys(("office", "administrator"), GONE)}),
    "reports:published-assessment": (["assessment"], everybody(IN), NEVER),
    "reports:export-assessment": ([], everybody(IN), NEVER),
    "reports:export-published-assessment": (["assessment"], everybody(IN), NEVER),
    "reports:export-summary": ([], everybody(IN), NEVER),
    "reports:export-package": ([], everybody(IN), NEVER),
    "reports:export-summary-sheet": (["sheet_name"], everybody(IN), NEVER),
    "reports:files": ([], everybody(IN), NEVER),
    "reports:file": (["made_file"], {**everybody(GONE), "liaison": IN}, NEVER),
    "reports:file-download": (["made_file"], {**everybody(GONE), "liaison": 409}, NEVER),  # it is not made yet
    "reports:make-file-again": (["made_file"], NEVER, {**everybody(GONE), "liaison": 302}),
    "tasks:extensions": ([], everybody(IN), NEVER),
    "tasks:extension": (["extension"], OWN_UNIT_AND_ALL, NEVER),
    "tasks:extension-file": (["extension_file"], OWN_UNIT_AND_ALL, NEVER),
    "tasks:decide-extension": (
        ["extension"],
        NEVER,
        {**OWN_UNIT_AND_ALL, **dict.fromkeys(("auditor", "liaison", "leader"), NO)}
        | dict.fromkeys(("office", "administrator", "reviewer"), 422),
    ),
    "tasks:decide-extensions": ([], NEVER, REVIEW_POST),
    "tasks:withdraw-extension": (
        ["extension"],
        NEVER,
        {**OWN_UNIT_AND_ALL, **dict.fromkeys((*READS_ALL, "leader"), NO), "liaison": 302},
    ),
    "tasks:ask-extension": (["duty"], WRITES, WRITE_POST),
    "tasks:extend": (["duty"], office_steps(IN, "reviewer"), office_steps(422, "reviewer")),
    "tasks:undo-extension": (["duty"], office_steps(IN, "reviewer"), office_steps(422, "reviewer")),
    "tasks:undo-decision": (
        ["extension"],
        {**office_steps(IN, "reviewer"), "lead": GONE},
        {**office_steps(422, "reviewer"), "lead": GONE},
    ),
    "tasks:suspend": (["duty"], office_steps(IN), office_steps(422)),
    "tasks:resume": (["duty"], office_steps(IN), office_steps(422)),
    "tasks:reassign": (["duty"], office_steps(IN), office_steps(422)),
    "tasks:suspended": ([], everybody(IN), NEVER),
    "reports:audit": ([], AUDIT, NEVER),
    "reports:audit-entry": (["trace"], AUDIT, NEVER),
    "reports:export-audit": ([], AUDIT, NEVER),
    "reports:public": (
        ["year"],
        dict.fromkeys(ROLES, GONE),
        ANYBODY_NEVER,
    ),  # not open; tests/reports/views/test_public.py
    "reports:public-csv": (["year"], dict.fromkeys(ROLES, GONE), ANYBODY_NEVER),
    "reports:public-json": (["year"], dict.fromkeys(ROLES, GONE), ANYBODY_NEVER),
    "reports:public-preview": (["plan"], PLANS, NEVER),
    "tasks:open-page": (["plan"], PLANS, PLANS_MOVE_ON),
    "tasks:close-page": (["plan"], PLANS, manages(409)),
    "tasks:show-report": (["report"], office_steps(409), office_steps(409)),
    "tasks:hide-report": (["report"], office_steps(IN), office_steps(409)),
}


def names(patterns, namespace=""):
    """Return every named URL of the product; Django admin has its own tests."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = pattern.namespace or ""
            if inner != "admin":
                yield from names(pattern.url_patterns, f"{namespace}{inner}:" if inner else namespace)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def test_every_address_has_a_row():
    assert set(names(get_resolver().url_patterns)) == set(TABLE)


READING, SENDING = 1, 2
REFUSED = {401, NO, GONE}
NO_TRACE = "django_session|departments_usersession|audit_auditentry|tasks_notification|core_allowance"
"""Tables that a GET may write: audit entries, rate limits, sessions, who is there, and notices of missing files."""
HALFWAY = "departments:code"
"""The page between password and sign-in: without a correct password it redirects to the start."""
OTHER_METHODS = ("options", "put", "patch", "delete", "trace")
HTMX = {"HX-Request": "true"}
NOWHERE = 999_999


def pk_of(county, argument):
    """Return the id of a record of the county, created on first use."""
    known = county.__dict__.setdefault("known_ids", {})
    if argument not in known:
        known[argument] = attrgetter(argument)(county).pk
    return known[argument]


def address_of(county, name, unknown=False):
    """Return the URL with the county's ids, or with unknown ones."""
    ids = [pk_of(county, argument) for argument in TABLE[name][0]]
    return reverse(name, args=[NOWHERE if unknown and isinstance(pk, int) else pk for pk in ids])


def takes_an_id(name):
    return bool(TABLE[name][0]) and name not in NOT_BY_ID


NOT_BY_ID = {
    name
    for name, (arguments, *_) in TABLE.items()
    if set(arguments) & {"chapter", "no_secret", "sheet_name", "bulletin_template", "day", "year"}
}


def asking(client, person):
    """Return a function that requests a URL as `person` and undoes all changes, in the database and the client."""
    client.logout()
    if person:
        client.force_login(person)
    cookies = client.cookies

    def ask(address, method, data=None, **headers):
        client.cookies = copy(cookies)
        with transaction.atomic():
            response = getattr(client, method)(address, *([data] if data else []), headers=headers)
            transaction.set_rollback(True)
        return response

    return ask


@pytest.fixture(params=ROLES)
def role(request):
    return request.param


@pytest.fixture
def ask(client, county, role):
    return asking(client, county.people.get(role))


def expected(role, which):
    return {name: row[which][role] for name, row in TABLE.items()}


def unsafe(response):
    """Return what is wrong with a response's headers: caching, framing, inline scripts."""
    headers = response.headers
    policy = headers["Content-Security-Policy"]
    wrong = [word for word in ("unsafe-", "*", "http") if word in policy]
    wrong += [] if "default-src" in policy and "no-store" in headers["Cache-Control"] else [headers["Cache-Control"]]
    names = ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Resource-Policy")
    rest = [headers[name] for name in names]
    return wrong + ([] if rest == ["DENY", "nosniff", "same-origin", "same-origin"] else [rest])


def test_reading_every_address(county, role, ask):
    addresses = {name: address_of(county, name) for name in TABLE}
    answers, written = {}, []

    def watch(execute, sql, *rest):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and not re.search(NO_TRACE, sql):
            written.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        for name, address in addresses.items():
            answers[name] = ask(address, "get")

    assert {name: answer.status_code for name, answer in answers.items()} == expected(role, READING)
    assert {name: wrong for name, answer in answers.items() if (wrong := unsafe(answer))} == {}
    assert written == []
    if role == "anonymous":
        back = {
            name: answer.url for name, answer in answers.items() if answer.status_code == SIGN_IN and name != HALFWAY
        }
        sign_in = reverse("departments:sign-in")
        assert back == {name: f"{sign_in}?next={addresses[name]}" for name in back}


def test_sending_to_every_address(county, role, ask):
    got = {name: ask(address_of(county, name), "post").status_code for name in TABLE}

    assert got == expected(role, SENDING)


@pytest.mark.parametrize("role", ["anonymous", "administrator"], indirect=True)  # who may least and who may most
def test_no_other_method_is_known(county, role, ask):
    got = {
        (name, method): ask(address_of(county, name), method).status_code for name in TABLE for method in OTHER_METHODS
    }

    assert {asked: status for asked, status in got.items() if status != FORBIDDEN_METHOD} == {}


def is_file(name):
    return name.startswith("reports:export-") or name.endswith(("docx", "xlsx"))


def is_refused(role, status):
    return status in REFUSED or (role == "anonymous" and status == SIGN_IN)


@pytest.mark.parametrize("role", ["anonymous", "stranger", *(["auditor"] if LONG else [])], indirect=True)
def test_who_is_refused_a_page_is_refused_its_fragment_and_its_head(county, role, ask):
    got = {}
    for name, (_, reading, sending) in TABLE.items():
        address = address_of(county, name)
        if is_refused(role, reading[role]):
            got[name, "head"] = (ask(address, "head").status_code, {reading[role]})
            got[name, "get"] = (told(ask(address, "get", **HTMX)), {reading[role]})
        if is_refused(role, sending[role]):
            got[name, "post"] = (told(ask(address, "post", **HTMX)), {sending[role]})

    assert {asked: answer for asked, answer in got.items() if answer[0] not in answer[1]} == {}


def told(response):
    """Return the status; for htmx a redirect to sign-in is an empty response with a header."""
    sent = response.headers.get("HX-Redirect", "").startswith(reverse("departments:sign-in")) and not response.content
    return SIGN_IN if sent else response.status_code


@pytest.mark.parametrize("role", ["auditor", *(["office"] if LONG else [])], indirect=True)
def test_head_answers_what_reading_does_without_a_body(county, role, ask):
    wrong = {}
    for name, (_, reading, _) in TABLE.items():
        if is_file(name) and not LONG:
            continue  # reading makes the whole file, which is thrown away
        answer = ask(address_of(county, name), "head")
        if answer.status_code != reading[role] or (not answer.streaming and answer.content):
            wrong[name] = answer.status_code

    assert wrong == {}


def words_of(response):
    """Return the page's text, without the CSRF tokens, and the minute of a print, that differ each time."""
    return response.content.decode().partition("<main")[2].partition('<p class="only-on-paper printed-on"')[0]


@pytest.mark.parametrize("role", ["liaison", "stranger", *(["leader", "lead"] if LONG else [])], indirect=True)
def test_ids_of_others_answer_like_ids_that_are_not_there(county, role, ask):
    different = {}
    for name in filter(takes_an_id, TABLE):
        for method, which in (("get", READING), ("post", SENDING)):
            if TABLE[name][which][role] == GONE:
                hidden, nothing = (ask(address_of(county, name, unknown), method) for unknown in (False, True))
                if (hidden.status_code, words_of(hidden)) != (nothing.status_code, words_of(nothing)):
                    different[name, method] = (hidden.status_code, nothing.status_code)

    assert different == {}


@pytest.mark.parametrize("role", ["administrator", "liaison"], indirect=True)
def test_ids_that_are_not_there_are_not_found(county, role, ask):
    found = {}
    for name in filter(takes_an_id, TABLE):
        for method, which in (("get", READING), ("post", SENDING)):
            if TABLE[name][which][role] not in (*REFUSED, FORBIDDEN_METHOD):
                status = ask(address_of(county, name, unknown=True), method).status_code
                if status != GONE:
                    found[name, method] = status

    assert found == {}


@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
def test_a_drafts_evidence_is_its_units_alone(client, county, role):
    client.force_login(county.people[role])
    own = role in ("liaison", "leader")
    item = county.draft_item
    item.stored, item.url = county.item.stored, ""
    item.save()

    response = client.get(reverse("tasks:evidence", args=[item.pk]))

    assert response.status_code == (IN if own else GONE)
    assert client.get(reverse("tasks:evidence", args=[county.item.pk])).status_code == SEES_THE_DUTY[role]


@pytest.mark.parametrize("role", [role for role in ROLES if role != "anonymous"])
def test_a_drafts_words_are_shown_to_its_unit_alone(client, county, role):
    client.force_login(county.people[role])

    pages = [
        client.get(reverse("tasks:task", args=[county.task.pk])),
        client.get(reverse("tasks:assignment", args=[county.duty.pk])),
        client.get(reverse("tasks:review", args=[county.report.pk])),
    ]

    assert not any("尚未报送" in page.content.decode() for page in pages)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("tasks:assignment", "liaison"),
        ("tasks:report", "liaison"),
        ("tasks:evidence", "stranger"),
        ("tasks:task", "lead"),
    ],
)
def test_an_id_of_another_unit_answers_like_one_that_is_not_there(client, county, name, role):
    client.force_login(county.people[role])
    hidden = {
        "tasks:assignment": county.other_duty.pk,
        "tasks:report": county.other_duty.pk,
        "tasks:evidence": county.item.pk,
        "tasks:task": 999_998,
    }[name]

    responses = [client.get(reverse(name, args=[pk])) for pk in (hidden, 999_999)]

    assert [response.status_code for response in responses] == [GONE, GONE]
    assert words_of(responses[0]) == words_of(responses[1])


def test_a_link_is_no_file_to_download(client, county):
    link = EvidenceFactory(report=county.report)
    client.force_login(county.people["liaison"])

    response = client.get(reverse("tasks:evidence", args=[link.pk]))

    assert response.status_code == GONE


# --- Django admin -----------------------------------------------------------------------------------------------------

OF_A_MODEL = ("changelist", "add", "change", "delete", "history")
OF_THE_SITE = ("index", "password_change", "password_change_done", "autocomplete", "jsi18n")
MODELS = list(admin.site._registry)


def admin_addresses():
    """Return every URL of Django admin: of the site, of applications and of models."""
    yield from (reverse(f"admin:{name}") for name in OF_THE_SITE)
    for model in MODELS:
        yield reverse("admin:app_list", args=[model._meta.app_label])
        for page in OF_A_MODEL:
            yield admin_address(model, page)


def admin_address(model, page, pk=1):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=[] if page in ("changelist", "add") else [pk])


@pytest.mark.parametrize("role", ["anonymous", "office"], indirect=True)
def test_no_address_of_django_admin_is_open_to_others_than_the_administrator(county, role, ask):
    sign_in, let_in = reverse("admin:login"), {}
    for address in admin_addresses():
        for method in ("get", "post"):
            answer = ask(address, method)
            asked = answer.status_code == SIGN_IN and answer.url == f"{sign_in}?next={address}"
            if not (asked if role == "anonymous" else answer.status_code == GONE):
                let_in[address, method] = answer.status_code

    assert let_in == {}


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"], indirect=True)
def test_only_the_administrator_enters_django_admin(county, role, ask):
    sign_in, index = reverse("admin:login"), reverse("admin:index")

    if role == "anonymous":
        assert ask(index, "get").url == f"{sign_in}?next={index}"
        assert ask(sign_in, "get").status_code == SIGN_IN
    else:
        assert [ask(address, "get").status_code for address in (index, sign_in)] == [GONE, GONE]


# --- accounts that must not work --------------------------------------------------------------------------------------


@pytest.mark.parametrize("account", [{"is_demo": True}, {"is_active": False}])
def test_a_demo_account_or_one_switched_off_cannot_sign_in_where_debug_is_off(client, county, account):
    user = UserFactory(role=Role.OFFICE, **account)
    credentials = {"username": user.username, "password": "test-password-1"}

    response = client.post(reverse("departments:sign-in"), credentials)

    assert response.status_code == 422
    assert "用户名或密码不正确" in response.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("change", [{"is_demo": True}, {"is_active": False}])
def test_a_session_ends_with_its_account(client, county, change):
    user = county.people["office"]
    client.force_login(user)
    type(user).objects.filter(pk=user.pk).update(**change)

    response = client.get(reverse("reports:dashboard"))

    assert response.status_code == SIGN_IN
