"""Where the manual speaks of each page: the link 帮助 of a page leads there."""

from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from . import manual

PAGES = {
    "sign-in": (
        "departments:sign-in",
        "departments:sign-out",
        "departments:password",
        "departments:register",
        "departments:prove",
    ),
    "sessions": ("tasks:end-session", "tasks:end-other-sessions"),
    "second-factor": (
        "departments:code",
        "departments:second-factor",
        "departments:recovery-codes",
        "departments:second-factor-off",
    ),
    "reporting": ("home", "tasks:assignments"),
    "worklist": ("tasks:worklist",),
    "batch": ("tasks:batch-report",),
    "sheet": (
        "tasks:sheet",
        "tasks:sheet-download",
        "tasks:upload-sheet",
        "tasks:check-sheet",
        "tasks:choose-in-sheet",
        "tasks:take-sheet",
        "tasks:discard-sheet",
    ),
    "entering": (
        "tasks:enter-report",
        "tasks:entered",
        "tasks:confirm-several-entered",
        "tasks:entered-report",
        "tasks:confirm-entered",
        "tasks:object-to-entered",
    ),
    "duty": ("tasks:assignment",),
    "report": ("tasks:report", "tasks:autosave"),
    "evidence": (
        "tasks:attach",
        "tasks:attach-again",
        "tasks:attach-link",
        "tasks:remove-evidence",
        "tasks:shelf",
        "tasks:evidence",
        "tasks:evidence-picture",
        "tasks:evidence-document",
    ),
    "submission": ("tasks:withdraw",),
    "reviews": ("tasks:reviews", "reports:export-reviews", "tasks:approve-several"),
    "review": ("tasks:review", "tasks:approve", "tasks:return", "tasks:rate", "tasks:take-over"),
    "revoke": ("tasks:revoke",),
    "undo-review": ("tasks:undo-review",),
    "plans": ("tasks:plans", "tasks:plan", "tasks:new-plan", "tasks:plan-about", "tasks:delete-plan"),
    "import": ("tasks:import", "tasks:import-read", "tasks:import-progress", "tasks:import-discard"),
    "setup": ("tasks:setup", "tasks:clear-demo", "tasks:load-demo"),
    "import-units": ("tasks:import-units",),
    "import-check": ("tasks:import-file", "tasks:import-answer", "tasks:import-rows", "tasks:import-columns"),
    "import-take": ("tasks:import-take",),
    "import-learnt": ("tasks:import-learnt", "tasks:import-forget"),
    "draft-plan": (
        "tasks:add-part",
        "tasks:edit-part",
        "tasks:add-section",
        "tasks:edit-section",
        "tasks:add-row",
        "tasks:edit-row",
        "tasks:split-row",
    ),
    "resolve": ("tasks:resolve",),
    "issue": ("tasks:issue",),
    "undo-issue": ("tasks:undo-issue",),
    "amend": ("tasks:amend",),
    "supplement": (
        "tasks:new-supplement",
        "tasks:supplement",
        "tasks:supplement-about",
        "tasks:supplement-file",
        "tasks:supplement-rows",
        "tasks:supplement-row",
        "tasks:leave-supplement-rows",
        "tasks:issue-supplement",
        "tasks:undo-supplement",
        "tasks:delete-supplement",
    ),
    "next-year": ("tasks:roll-over", "tasks:compare", "tasks:export-compare"),
    "plan-files": ("reports:plan-docx", "reports:plan-xlsx"),
    "dashboard": ("reports:dashboard",),
    "table": ("tasks:tasks", "tasks:task", "reports:export-tasks", "reports:export-ledger"),
    "lists": (
        "tasks:overdue",
        "reports:submitted-reports",
        "reports:units",
        "reports:export-submitted-reports",
        "reports:export-assignments",
        "reports:export-overdue",
        "reports:export-units",
        "reports:export-unit",
    ),
    "scorecard": ("reports:unit",),
    "package": ("reports:export-package",),
    "my-files": ("reports:files", "reports:file", "reports:file-download", "reports:make-file-again"),
    "summary": ("reports:export-summary", "reports:export-summary-sheet"),
    "papers": (
        "reports:templates",
        "reports:template-file",
        "reports:replace-template",
        "reports:put-back-template",
        "reports:export-bulletin",
        "reports:bulletins",
        "reports:bulletin",
        "reports:bulletin-file",
        "reports:issue-bulletin",
        "reports:export-annual-report",
    ),
    "assessment": (
        "reports:assessment",
        "reports:rubric",
        "reports:publish-assessment",
        "reports:published-assessment",
        "reports:export-assessment",
        "reports:export-published-assessment",
    ),
    "ranking": ("reports:ranking",),
    "matrix": ("reports:matrix", "reports:matrix-duty"),
    "search": ("reports:search",),
    "supervision": ("tasks:supervision", "tasks:handover"),
    "acknowledgements": ("tasks:acknowledgements", "tasks:acknowledge"),
    "automatic-reminders": ("tasks:reminder-rules", "tasks:automatic-reminders"),
    "reminders": (
        "tasks:reminders",
        "tasks:reminder-items",
        "tasks:reminder",
        "tasks:repeat-reminder",
        "tasks:withdraw-reminder",
        "reports:supervision-notice",
        "reports:export-reminders",
        "reports:export-reminder-items",
    ),
    "reminder-answers": ("tasks:see-reminder", "tasks:answer-reminder"),
    "phrases": ("tasks:phrases", "tasks:new-phrase", "tasks:edit-phrase", "tasks:delete-phrase"),
    "rounds": (
        "tasks:rounds",
        "tasks:new-round",
        "tasks:round",
        "tasks:change-round",
        "tasks:close-round",
        "tasks:reopen-round",
        "reports:export-rounds",
        "reports:export-round",
    ),
    "deadlines": (
        "tasks:extensions",
        "tasks:extension",
        "tasks:extension-file",
        "tasks:decide-extension",
        "tasks:decide-extensions",
        "tasks:withdraw-extension",
        "tasks:ask-extension",
        "tasks:extend",
        "tasks:undo-extension",
        "tasks:undo-decision",
        "tasks:suspend",
        "tasks:resume",
        "tasks:reassign",
        "tasks:suspended",
        "reports:export-extensions",
        "reports:export-suspended",
    ),
    "lead-opinions": ("tasks:lead-opinions", "tasks:lead-task", "tasks:give-opinion", "tasks:endorse-several"),
    "leader-approval": (
        "tasks:leader-approvals",
        "tasks:leader-approval",
        "tasks:approve-as-leader",
        "tasks:send-back",
        "tasks:approve-several-as-leader",
        "tasks:send-back-several",
        "departments:own-unit",
        "departments:stand-in",
        "departments:end-stand-in",
    ),
    "bulk": ("tasks:bulk",),
    "views": (
        "tasks:saved-views",
        "tasks:save-view",
        "tasks:saved-view",
        "tasks:update-view",
        "tasks:mail-view",
        "tasks:move-view",
        "tasks:start-at-view",
        "tasks:delete-view",
    ),
    "discussion": (
        "tasks:questions",
        "reports:export-questions",
        "tasks:question",
        "tasks:answer-question",
        "tasks:pin-answer",
        "tasks:take-back-guidance",
        "tasks:discussion",
        "tasks:ask-question",
    ),
    "notifications": ("tasks:notifications", "tasks:read-notifications", "tasks:notification"),
    "settings": ("tasks:me",),
    "calendar": ("tasks:new-calendar", "tasks:end-calendar"),
    "tokens": ("tasks:new-token", "tasks:revoke-token", "api:api-root"),
    "outbox": ("tasks:outbox", "tasks:retry-mails", "tasks:retry-mail"),
    "region": ("departments:region", "departments:logo"),
    "people": (
        "departments:people",
        "departments:add-person",
        "departments:person",
        "departments:office-contact",
        "departments:add-unit",
        "departments:edit-unit",
        "departments:retire-unit",
        "departments:restore-unit",
    ),
    "move-person": (
        "departments:move-person",
        "departments:cancel-move",
        "departments:close-person",
        "departments:reopen-person",
        "departments:forget-person",
        "departments:reset-second-factor",
        "departments:change-rights",
    ),
    "memberships": (
        "departments:give-membership",
        "departments:end-membership",
        "departments:confirm-membership",
        "departments:refuse-membership",
        "departments:switch-membership",
    ),
    "register": (
        "departments:import",
        "departments:import-template",
        "departments:import-file",
        "departments:import-take",
        "departments:import-passwords",
    ),
    "confirmations": (
        "departments:confirmations",
        "departments:confirm-grant",
        "departments:refuse-grant",
        "departments:withdraw-grant",
        "departments:confirm-owner",
        "departments:give-password",
        "departments:send-link",
    ),
    "admin": (),  # every page of Django admin
    "sign-in-security": (
        "departments:sessions",
        "departments:lift-lock",
        "departments:end-session",
        "departments:end-sessions",
    ),
    "audit": ("reports:audit", "reports:audit-entry", "reports:export-audit"),
    "open-page": ("reports:public-preview", "tasks:open-page", "tasks:close-page"),
    "public-reports": ("tasks:show-report", "tasks:hide-report"),
}
"""By the anchor in the manual: the names of the pages of which it speaks, and of what is done on them."""

ANCHORS = {page: anchor for anchor, pages in PAGES.items() for page in pages}


def address_for(page, user=None):
    """Return where the manual speaks of a page, by its name in the addresses; the contents for other pages."""
    anchor = "admin" if page.startswith("admin:") else ANCHORS.get(page)
    if anchor is None:
        return reverse("help")
    if anchor == "worklist" and user is not None and user.is_authenticated and user.reads_everything:
        anchor = OFFICE_WORKLIST
    return f"{reverse('help-chapter', args=[manual.chapter_of(anchor)])}#{anchor}"


def help_address(request):
    """Return the address of the link 帮助 of the page: context processor of all pages."""
    return {"help_address": SimpleLazyObject(lambda: address_for(_page_of(request), getattr(request, "user", None)))}


OFFICE_WORKLIST = "office-worklist"
"""The anchor of the worklist for who reads everything; `PAGES` names that of a unit."""


def _page_of(request):
    match = getattr(request, "resolver_match", None)
    return match.view_name if match else ""
