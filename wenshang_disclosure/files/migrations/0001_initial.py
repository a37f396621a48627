import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=80, unique=True, verbose_name='存放位置')),
                ('size', models.PositiveBigIntegerField(verbose_name='大小（字节）')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('content_type', models.CharField(max_length=100, verbose_name='类型')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('marks', models.CharField(blank=True, max_length=200, verbose_name='提示')),
                ('scan', models.CharField(choices=[('off', '未启用扫描'), ('waiting', '等待扫描'), ('clean', '未发现病毒'), ('infected', '发现病毒')], default='off', max_length=10, verbose_name='病毒扫描')),
                ('scanned_at', models.DateTimeField(blank=True, null=True, verbose_name='扫描时间')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
            ],
            options={
                'verbose_name': '已存文件',
                'verbose_name_plural': '已存文件',
                'indexes': [models.Index(fields=['sha256'], name='file_by_sum'), models.Index(condition=models.Q(('scan', 'waiting')), fields=['id'], name='file_to_scan')],
            },
        ),
    ]
