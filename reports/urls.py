"""Addresses of figures and files (design §7)."""

from django.urls import path

from .views import dashboard, exports, matrix, search, units

app_name = "reports"

urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
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
]
