import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='时间')),
                ('kind', models.CharField(choices=[('sign_in', '登录'), ('change', '办理'), ('permission', '账号与权限'), ('export', '导出与下载'), ('denied', '越权访问'), ('system', '系统维护')], max_length=12, verbose_name='类别')),
                ('act', models.CharField(max_length=100, verbose_name='操作')),
                ('result', models.CharField(choices=[('done', '成功'), ('failed', '失败')], default='done', max_length=8, verbose_name='结果')),
                ('actor_id', models.BigIntegerField(blank=True, null=True, verbose_name='人员编号')),
                ('account', models.CharField(blank=True, max_length=150, verbose_name='账号')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='来源地址')),
                ('subject_type', models.CharField(blank=True, max_length=60, verbose_name='对象类型')),
                ('subject_id', models.CharField(blank=True, max_length=40, verbose_name='对象编号')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='对象')),
                ('detail', models.JSONField(blank=True, default=dict, verbose_name='详情')),
                ('request', models.CharField(blank=True, max_length=32, verbose_name='请求编号')),
                ('number', models.BigIntegerField(blank=True, null=True, unique=True, verbose_name='链上序号')),
                ('previous', models.CharField(blank=True, max_length=64, verbose_name='前一条摘要')),
                ('hash', models.CharField(blank=True, max_length=64, verbose_name='摘要')),
            ],
            options={
                'verbose_name': '安全审计记录',
                'verbose_name_plural': '安全审计记录',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['-at'], name='entry_by_time'), models.Index(fields=['kind', '-at'], name='entry_by_kind'), models.Index(fields=['account', '-at'], name='entry_by_account'), models.Index(fields=['actor_id', '-at'], name='entry_by_actor'), models.Index(fields=['subject_type', 'subject_id'], name='entry_by_subject'), models.Index(condition=models.Q(('number__isnull', True)), fields=['id'], name='entry_not_sealed')],
            },
        ),
    ]
