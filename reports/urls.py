"""Addresses of figures and files (design §7)."""

from django.urls import path

from .views import (
    assessment,
    assessment_files,
    dashboard,
    exports,
    handed_in,
    matrix,
    package,
    search,
    templates,
    units,
    word,
    workbook,
)

app_name = "reports"

urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("reports/", handed_in.HandedIn.as_view(), name="handed-in"),
    path("exports/reports.xlsx", handed_in.export, name="export-handed-in"),
    path("matrix/", matrix.Matrix.as_view(), name="matrix"),
    path("matrix/<int:task>/<int:unit>/", matrix.crossing, name="matrix-duty"),
    path("search/", search.results, name="search"),
    path("units/", units.UnitList.as_view(), name="units"),
    path("units/<int:pk>/", units.UnitLedger.as_view(), name="unit"),
    path("exports/plans/<int:pk>.docx", exports.plan_docx, name="plan-docx"),
    path("exports/plans/<int:pk>.xlsx", exports.plan_xlsx, name="plan-xlsx"),
    path("exports/reminders/<int:pk>.docx", exports.supervision_notice, name="supervision-notice"),
    path("exports/assignments.xlsx", exports.assignments, name="export-assignments"),
    path("exports/overdue.xlsx", exports.overdue, name="export-overdue"),
    path("exports/reviews.xlsx", exports.reviews, name="export-reviews"),
    path("exports/rounds/<int:pk>.xlsx", exports.round_items, name="export-round"),
    path("exports/tasks.xlsx", exports.tasks, name="export-tasks"),
    path("exports/units.xlsx", exports.units, name="export-units"),
    path("exports/units/<int:pk>.xlsx", exports.unit, name="export-unit"),
    path("exports/ledger.xlsx", exports.ledger, name="export-ledger"),
    path("exports/bulletin.docx", word.bulletin, name="export-bulletin"),
    path("exports/annual-report.docx", word.annual_report, name="export-annual-report"),
    path("exports/evidence.zip", package.evidence, name="export-package"),
    path("templates/", templates.index, name="templates"),
    path("templates/<slug:kind>/file/", templates.download, name="template-file"),
    path("templates/<slug:kind>/replace/", templates.replace, name="replace-template"),
    path("templates/<slug:kind>/put-back/", templates.put_back, name="put-back-template"),
    path("assessment/", assessment.AssessmentPage.as_view(), name="assessment"),
    path("assessment/rubric/", assessment.rubric, name="rubric"),
    path("assessment/publish/", assessment.publish, name="publish-assessment"),
    path("assessment/<int:pk>/", assessment.published, name="published-assessment"),
    path("exports/assessment.xlsx", assessment_files.standing, name="export-assessment"),
    path("exports/assessment/<int:pk>.xlsx", assessment_files.published, name="export-published-assessment"),
    path("exports/summary.xlsx", workbook.summary, name="export-summary"),
    path("exports/summary/<slug:name>.xlsx", workbook.summary_sheet, name="export-summary-sheet"),
]
