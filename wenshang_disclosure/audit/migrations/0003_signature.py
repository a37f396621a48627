from django.db import migrations, models

from wenshang_disclosure.audit import guards


def drop_guards(apps, schema_editor):
    """Drop the triggers, which name the column on SQLite; they are made anew after the migrations."""
    guards.drop(schema_editor.connection, apps.get_model("audit", "AuditEntry"))


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_unit_of_the_actor'),
    ]

    operations = [
        migrations.AddField(
            model_name='auditentry',
            name='signature',
            field=models.CharField(blank=True, max_length=100, verbose_name='签名'),
        ),
        migrations.RunPython(migrations.RunPython.noop, drop_guards),
    ]
