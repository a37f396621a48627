import logging

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import DatabaseError, migrations, models, transaction


logger = logging.getLogger(__name__)

INDEXES = {
    "found_task": "tasks_task",
    "found_report": "tasks_progressreport",
    "found_evidence": "tasks_evidence",
}


def make_indexes(apps, schema_editor):
    """Make trigram indexes of the folded text on PostgreSQL; where the server does not let us, LIKE goes without them."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            for name, table in INDEXES.items():
                cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin (folded gin_trgm_ops)")
    except DatabaseError as error:
        logger.warning("Search works without trigram indexes (docs/install.md): %s", error)


def drop_indexes(apps, schema_editor):
    """Drop what was made; the extension stays, others may use it."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        for name in INDEXES:
            cursor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('departments', '0001_initial'),
        ('tasks', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Assessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField(verbose_name='截至日期')),
                ('criteria', models.JSONField(verbose_name='评分标准')),
                ('published_at', models.DateTimeField(verbose_name='公布时间')),
                ('key', models.UUIDField(editable=False, unique=True, verbose_name='表单标识')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='tasks.plan', verbose_name='年度任务分解表')),
                ('published_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='公布人')),
            ],
            options={
                'verbose_name': '考核结果',
                'verbose_name_plural': '考核结果',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='DocumentTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('bulletin', '进展情况通报'), ('annual_report', '年度报告有关内容')], max_length=16, verbose_name='用途')),
                ('file_name', models.CharField(max_length=200, verbose_name='文件名')),
                ('is_used', models.BooleanField(default=True, verbose_name='使用中')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='上传时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                ('stored', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile', verbose_name='文件')),
            ],
            options={
                'verbose_name': '文件模板',
                'verbose_name_plural': '文件模板',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Rubric',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criteria', models.JSONField(verbose_name='评分标准')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='修改时间')),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='修改人')),
                ('plan', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='rubric', to='tasks.plan', verbose_name='年度任务分解表')),
            ],
            options={
                'verbose_name': '考核标准',
                'verbose_name_plural': '考核标准',
            },
        ),
        migrations.CreateModel(
            name='AssessmentRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit_name', models.CharField(max_length=100, verbose_name='单位名称')),
                ('group', models.CharField(choices=[('departments', '部门、单位'), ('townships', '乡镇（街道）')], max_length=12, verbose_name='组别')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='名次')),
                ('total', models.DecimalField(decimal_places=2, max_digits=6, verbose_name='总分')),
                ('parts', models.JSONField(verbose_name='各项得分')),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='reports.assessment', verbose_name='考核结果')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '单位得分',
                'verbose_name_plural': '单位得分',
                'ordering': ['group', 'rank', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('assessment', 'unit'), name='one_score_an_assessment_and_unit')],
            },
        ),
        migrations.RunPython(make_indexes, drop_indexes),
    ]
