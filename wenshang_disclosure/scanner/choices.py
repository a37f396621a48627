"""What the virus scanner said of a file."""

from django.db import models


class ScanState(models.TextChoices):
    """Kept with the file; what waits or is infected is withheld."""

    OFF = "off", "未启用扫描"
    WAITING = "waiting", "等待扫描"
    CLEAN = "clean", "未发现病毒"
    INFECTED = "infected", "发现病毒"
