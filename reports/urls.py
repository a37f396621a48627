"""Addresses of figures and files (design: Ways of working)."""

from django.urls import path

from reports.views.dashboard import page
from reports.views.files import assessment as assessment_files
from reports.views.files import lists, made, package, word, workbook
from reports.views.scorecard import page as scorecard

from .views import assessment, audit, bulletins, matrix, public, ranking, search, submitted_reports, templates, units

app_name = "reports"

urlpatterns = [
    path("dashboard/", page.dashboard, name="dashboard"),
    path("reports/", submitted_reports.SubmittedReports.as_view(), name="submitted-reports"),
    path("exports/reports.xlsx", submitted_reports.export, name="export-submitted-reports"),
    path("matrix/", matrix.Matrix.as_view(), name="matrix"),
    path("matrix/<int:task>/<int:unit>/", matrix.crossing, name="matrix-duty"),
    path("search/", search.results, name="search"),
    path("units/", units.UnitList.as_view(), name="units"),
    path("units/<int:pk>/", scorecard.unit, name="unit"),
    path("exports/plans/<int:pk>.docx", lists.plan_docx, name="plan-docx"),
    path("exports/plans/<int:pk>.xlsx", lists.plan_xlsx, name="plan-xlsx"),
    path("exports/reminders/<int:pk>.docx", lists.supervision_notice, name="supervision-notice"),
    path("exports/reminders.xlsx", lists.reminders, name="export-reminders"),
    path("exports/reminder-items.xlsx", lists.reminder_items, name="export-reminder-items"),
    path("exports/assignments.xlsx", lists.assignments, name="export-assignments"),
    path("exports/overdue.xlsx", lists.overdue, name="export-overdue"),
    path("exports/reviews.xlsx", lists.reviews, name="export-reviews"),
    path("exports/rounds.xlsx", lists.rounds, name="export-rounds"),
    path("exports/extensions.xlsx", lists.extensions, name="export-extensions"),
    path("exports/suspended.xlsx", lists.suspended, name="export-suspended"),
    path("exports/questions.xlsx", lists.questions, name="export-questions"),
    path("exports/rounds/<int:pk>.xlsx", lists.round_items, name="export-round"),
    path("exports/tasks.xlsx", lists.tasks, name="export-tasks"),
    path("exports/units.xlsx", lists.units, name="export-units"),
    path("exports/units/<int:pk>.xlsx", lists.unit, name="export-unit"),
    path("exports/ledger.xlsx", lists.ledger, name="export-ledger"),
    path("exports/bulletin.docx", word.bulletin, name="export-bulletin"),
    path("exports/annual-report.docx", word.annual_report, name="export-annual-report"),
    path("exports/evidence.zip", package.evidence, name="export-package"),
    path("bulletins/", bulletins.index, name="bulletins"),
    path("bulletins/issue/", bulletins.issue, name="issue-bulletin"),
    path("bulletins/<int:pk>/", bulletins.page, name="bulletin"),
    path("bulletins/<int:pk>/file/", bulletins.file, name="bulletin-file"),
    path("files/", made.files, name="files"),
    path("files/<int:pk>/", made.file, name="file"),
    path("files/<int:pk>/download/", made.download, name="file-download"),
    path("files/<int:pk>/again/", made.make_again, name="make-file-again"),
    path("templates/", templates.index, name="templates"),
    path("templates/<slug:kind>/file/", templates.download, name="template-file"),
    path("templates/<slug:kind>/replace/", templates.replace, name="replace-template"),
    path("templates/<slug:kind>/put-back/", templates.put_back, name="put-back-template"),
    path("assessment/", assessment.AssessmentPage.as_view(), name="assessment"),
    path("assessment/rubric/", assessment.rubric, name="rubric"),
    path("assessment/publish/", assessment.publish, name="publish-assessment"),
    path("ranking/", ranking.page, name="ranking"),
    path("assessment/<int:pk>/", assessment.published, name="published-assessment"),
    path("exports/assessment.xlsx", assessment_files.current, name="export-assessment"),
    path("exports/assessment/<int:pk>.xlsx", assessment_files.published, name="export-published-assessment"),
    path("audit/", audit.AuditTrail.as_view(), name="audit"),
    path("audit/<int:pk>/", audit.entry, name="audit-entry"),
    path("exports/audit.xlsx", audit.export, name="export-audit"),
    path("public/<int:year>/", public.page, name="public"),
    path("public/<int:year>/tasks.csv", public.csv, name="public-csv"),
    path("public/<int:year>/tasks.json", public.json, name="public-json"),
    path("plans/<int:pk>/public/", public.preview, name="public-preview"),
    path("exports/summary.xlsx", workbook.summary, name="export-summary"),
    path("exports/summary/<slug:name>.xlsx", workbook.summary_sheet, name="export-summary-sheet"),
]
