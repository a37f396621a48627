from django.db import migrations

from departments.pinyin import search_key


def fill_search_keys(apps, schema_editor):
    """Work out the pinyin of the names that are there."""
    for model, fields in (("Unit", ("name", "short_name")), ("Alias", ("name",))):
        records = list(apps.get_model("departments", model).objects.all())
        for record in records:
            record.search_key = search_key(*(getattr(record, field) for field in fields))
        apps.get_model("departments", model).objects.bulk_update(records, ["search_key"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("departments", "0005_tokens_and_search")]

    operations = [migrations.RunPython(fill_search_keys, migrations.RunPython.noop, elidable=True)]
