"""States of jobs."""

from django.db import models


class JobState(models.TextChoices):
    """Where a job stands. A running one whose lease has ended is taken up again."""

    WAITING = "waiting", "排队中"
    RUNNING = "running", "生成中"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"


UNFINISHED = (JobState.WAITING, JobState.RUNNING)
