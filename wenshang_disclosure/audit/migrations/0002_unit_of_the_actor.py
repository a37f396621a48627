from django.db import migrations, models


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
    ]
