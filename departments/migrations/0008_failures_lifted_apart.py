from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('departments', '0007_signing_in'),
    ]

    operations = [
        migrations.RenameField('signinfailure', 'lifted_at', 'account_lifted_at'),
        migrations.AlterField(
            model_name='signinfailure',
            name='account_lifted_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='账号解除时间'),
        ),
        migrations.AddField(
            model_name='signinfailure',
            name='address_lifted_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='地址解除时间'),
        ),
    ]
