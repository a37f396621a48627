import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The table of picked units, which Django had made, becomes that of a model; nothing changes in the database."""

    dependencies = [
        ("departments", "0001_initial"),
        ("tasks", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="PickedUnit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "designation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="tasks.designation",
                                verbose_name="条目",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="departments.unit",
                                verbose_name="单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "明确的单位",
                        "verbose_name_plural": "明确的单位",
                        "db_table": "tasks_designation_picked_units",
                        "unique_together": {("designation", "unit")},
                    },
                ),
                migrations.AlterField(
                    model_name="designation",
                    name="picked_units",
                    field=models.ManyToManyField(
                        blank=True,
                        help_text="统称没有固定所指时，由办公室逐项明确。",
                        related_name="+",
                        through="tasks.PickedUnit",
                        to="departments.unit",
                        verbose_name="明确的单位",
                    ),
                ),
            ]
        )
    ]
