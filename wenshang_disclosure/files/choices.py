"""States of the virus scan of a file."""

from django.db import models


class ScanState(models.TextChoices):
    """Result of the virus scan; waiting and infected files are withheld."""

    OFF = "off", "未启用扫描"
    WAITING = "waiting", "等待扫描"
    CLEAN = "clean", "未发现病毒"
    INFECTED = "infected", "发现病毒"


WHY_WITHHELD = {
    ScanState.WAITING: "该文件正在等待病毒扫描，暂时不能打开，请稍后再试。",
    ScanState.INFECTED: "该文件中发现病毒，已经封存，不能打开。请由承办单位重新提供。",
}
WITHHELD = frozenset(WHY_WITHHELD)
