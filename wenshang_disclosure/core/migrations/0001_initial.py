from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Allowance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('limit', models.CharField(max_length=16, verbose_name='限额')),
                ('who', models.BigIntegerField(verbose_name='人员')),
                ('window', models.BigIntegerField(default=0, verbose_name='时段')),
                ('used', models.PositiveIntegerField(default=0, verbose_name='已用')),
            ],
            options={
                'verbose_name': '限额用量',
                'verbose_name_plural': '限额用量',
                'constraints': [models.UniqueConstraint(fields=('limit', 'who'), name='one_allowance_a_limit')],
            },
        ),
    ]
