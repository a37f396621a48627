"""Steps learn the deadline that they left; rows without a day say that they are ongoing."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    Assignment, Transition, Task = (apps.get_model("tasks", name) for name in ("Assignment", "Transition", "Task"))
    due_on = Assignment.objects.filter(pk=OuterRef("assignment")).values("due_on")
    Transition.objects.update(due_on=Subquery(due_on))
    Task.objects.filter(due_on__isnull=True, recurrence="").update(recurrence="ongoing")


class Migration(migrations.Migration):
    dependencies = [("tasks", "0002_import_and_amend")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
