from django.db import migrations, models

from wenshang_disclosure.audit import guards


def drop_guards(apps, schema_editor):
    """Drop the triggers, which name the column on SQLite; they are made anew after the migrations."""
    guards.drop(schema_editor.connection, apps.get_model("audit", "AuditEntry"))


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='auditentry',
            name='unit_id',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='所在单位编号'),
        ),
        migrations.RunPython(migrations.RunPython.noop, drop_guards),
    ]
