"""Addresses of plans, duties, reports and evidence (design §7)."""

from django.urls import path

from .views import assignments, evidence, overdue, progress, reviews, tasks

app_name = "tasks"

urlpatterns = [
    path("tasks/", tasks.TaskList.as_view(), name="tasks"),
    path("tasks/<int:pk>/", tasks.detail, name="task"),
    path("assignments/", assignments.AssignmentList.as_view(), name="assignments"),
    path("assignments/<int:pk>/", assignments.detail, name="assignment"),
    path("assignments/<int:pk>/revoke/", assignments.revoke, name="revoke"),
    path("assignments/<int:pk>/report/", progress.report, name="report"),
    path("assignments/<int:pk>/report/autosave/", progress.autosave, name="autosave"),
    path("progress/<int:pk>/withdraw/", progress.withdraw, name="withdraw"),
    path("reviews/", reviews.ReviewQueue.as_view(), name="reviews"),
    path("reviews/<int:pk>/", reviews.detail, name="review"),
    path("reviews/<int:pk>/approve/", reviews.approve, name="approve"),
    path("reviews/<int:pk>/return/", reviews.return_report, name="return"),
    path("overdue/", overdue.Overdue.as_view(), name="overdue"),
    path("evidence/<int:pk>/", evidence.download, name="evidence"),
]
