import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import tasks.models.supervision.mail
import tasks.models.supervision.rules
from django.conf import settings
from django.db import migrations, models


PHRASES = [
    ("blue", "请对照具体要求和完成时限抓紧推进，及时在系统中报送进展和佐证材料。"),
    ("blue", "该事项已临近完成时限，请确认进度；确有困难的，请在时限前提出延期申请。"),
    ("yellow", "该事项已超过完成时限，请于3个工作日内报送进展，并说明未按时完成的原因和下步措施。"),
    ("yellow", "报告退回后尚未补正，请按退回意见尽快补充完善，重新报送。"),
    ("red", "该事项经多次提醒、催办仍未落实，请主要负责同志过问，于3个工作日内办结并报送结果；仍未办结的，将予以通报。"),
]


def add_phrases(apps, schema_editor):
    StockPhrase = apps.get_model("tasks", "StockPhrase")
    StockPhrase.objects.bulk_create(
        StockPhrase(grade=grade, text=text, order=place * 10) for place, (grade, text) in enumerate(PHRASES, start=1)
    )


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('departments', '0001_initial'),
        ('files', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AutomaticReminderRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(unique=True, verbose_name='日期')),
                ('began_at', models.DateTimeField(auto_now_add=True, verbose_name='开始时间')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='完成时间')),
                ('reminders', models.PositiveIntegerField(default=0, verbose_name='提醒事项数')),
                ('people', models.PositiveIntegerField(default=0, verbose_name='提醒人数')),
                ('rounds', models.PositiveIntegerField(default=0, verbose_name='新开批次')),
            ],
            options={
                'verbose_name': '每日提醒',
                'verbose_name_plural': '每日提醒',
                'ordering': ['-on'],
            },
        ),
        migrations.CreateModel(
            name='StockPhrase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grade', models.CharField(choices=[('blue', '提醒'), ('yellow', '催办'), ('red', '督办')], max_length=8, verbose_name='等级')),
                ('text', models.TextField(verbose_name='内容')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='排序')),
            ],
            options={
                'verbose_name': '催办常用语',
                'verbose_name_plural': '催办常用语',
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('lead', '牵头'), ('responsible', '责任')], max_length=12, verbose_name='职责')),
                ('coordinates', models.BooleanField(default=False, verbose_name='以本单位名义牵头')),
                ('owed_from', models.DateField(verbose_name='起始日期')),
                ('released_on', models.DateField(blank=True, null=True, verbose_name='解除日期')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='完成时限')),
                ('first_due_on', models.DateField(blank=True, null=True, verbose_name='原定时限')),
                ('status', models.CharField(choices=[('not_started', '未开始'), ('in_progress', '办理中'), ('under_review', '待审核'), ('completed', '办结')], default='not_started', max_length=12, verbose_name='办理状态')),
                ('claimed_on', models.DateField(blank=True, null=True, verbose_name='申报办结日期')),
                ('awaits_answer', models.BooleanField(default=False, verbose_name='退回待补正')),
                ('suspended', models.BooleanField(default=False, verbose_name='中止')),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True, verbose_name='签收时间')),
                ('handler', models.CharField(blank=True, max_length=40, verbose_name='经办人')),
                ('leader', models.CharField(blank=True, max_length=40, verbose_name='分管领导')),
                ('acknowledged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签收人')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='departments.unit', verbose_name='承办单位')),
            ],
            options={
                'verbose_name': '承办事项',
                'verbose_name_plural': '承办事项',
                'ordering': ['plan', 'task__number', 'unit__order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('requested', '待决定'), ('granted', '同意'), ('refused', '不同意'), ('withdrawn', '已撤回')], default='requested', max_length=10, verbose_name='状态')),
                ('old_due_on', models.DateField(verbose_name='原时限')),
                ('requested_due_on', models.DateField(verbose_name='申请延至')),
                ('reason', models.TextField(verbose_name='延期理由')),
                ('late_reason', models.TextField(blank=True, verbose_name='逾期后才申请的原因')),
                ('requested_at', models.DateTimeField(verbose_name='申请时间')),
                ('granted_due_on', models.DateField(blank=True, null=True, verbose_name='同意延至')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='决定时间')),
                ('comment', models.TextField(blank=True, verbose_name='决定意见')),
                ('between', models.TextField(blank=True, verbose_name='决定前的亮灯')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='tasks.assignment', verbose_name='承办事项')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='决定人')),
            ],
            options={
                'verbose_name': '延期申请',
                'verbose_name_plural': '延期申请',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='ExtensionFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200, verbose_name='文件名')),
                ('extension', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='tasks.extension', verbose_name='延期申请')),
                ('stored', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile', verbose_name='文件')),
            ],
            options={
                'verbose_name': '延期申请材料',
                'verbose_name_plural': '延期申请材料',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='KnownHeadings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('headings', models.CharField(max_length=500, unique=True, verbose_name='表头')),
                ('columns', models.JSONField(verbose_name='各列含义')),
                ('said_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='指定人')),
            ],
            options={
                'verbose_name': '表头对照',
                'verbose_name_plural': '表头对照',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='OutgoingMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(max_length=254, verbose_name='电子邮箱')),
                ('subject', models.CharField(max_length=200, verbose_name='主题')),
                ('text', models.TextField(verbose_name='正文')),
                ('html', models.TextField(verbose_name='网页正文')),
                ('digest_on', models.DateField(blank=True, null=True, verbose_name='汇总日期')),
                ('message_id', models.CharField(default=tasks.models.supervision.mail.message_id, editable=False, max_length=32, unique=True, verbose_name='邮件标识')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='生成时间')),
                ('next_try_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='下次发送时间')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='已尝试次数')),
                ('last_error', models.CharField(blank=True, max_length=300, verbose_name='失败原因')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='发送时间')),
                ('gave_up_at', models.DateTimeField(blank=True, null=True, verbose_name='停止发送时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='收件人')),
            ],
            options={
                'verbose_name': '邮件',
                'verbose_name_plural': '邮件',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=300, verbose_name='内容')),
                ('path', models.CharField(max_length=300, verbose_name='页面')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='时间')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='查看时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL, verbose_name='接收人')),
                ('mail', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notifications', to='tasks.outgoingmail', verbose_name='邮件')),
            ],
            options={
                'verbose_name': '通知',
                'verbose_name_plural': '通知',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(2000), django.core.validators.MaxValueValidator(2100)], verbose_name='年度')),
                ('title', models.CharField(max_length=200, verbose_name='标题')),
                ('document_number', models.CharField(blank=True, max_length=60, verbose_name='发文字号')),
                ('issuer', models.CharField(blank=True, max_length=100, verbose_name='发文机关')),
                ('issued_on', models.DateField(blank=True, null=True, verbose_name='印发日期')),
                ('state', models.CharField(choices=[('draft', '拟制中'), ('issued', '已印发')], default='draft', editable=False, max_length=10, verbose_name='状态')),
                ('warning_days', models.PositiveSmallIntegerField(default=15, help_text='距完成时限不超过这些天时亮黄灯。', validators=[django.core.validators.MaxValueValidator(366)], verbose_name='临期提醒天数')),
                ('is_public', models.BooleanField(default=False, editable=False, verbose_name='对外公开')),
                ('has_demo_activity', models.BooleanField(default=False, editable=False, verbose_name='含演示数据')),
                ('copied_from', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='copies', to='tasks.plan', verbose_name='复制自')),
            ],
            options={
                'verbose_name': '年度任务分解表',
                'verbose_name_plural': '年度任务分解表',
                'ordering': ['-year', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(verbose_name='排序')),
                ('heading', models.CharField(blank=True, help_text='表中没有分部分的，留空。', max_length=200, verbose_name='标题')),
                ('kind', models.CharField(choices=[('table', '任务分解表'), ('notice', '通知正文要求')], default='table', max_length=10, verbose_name='类别')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='tasks.plan', verbose_name='年度任务分解表')),
            ],
            options={
                'verbose_name': '部分',
                'verbose_name_plural': '部分',
                'ordering': ['plan', 'order'],
            },
        ),
        migrations.CreateModel(
            name='BasisDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(verbose_name='排序')),
                ('title', models.CharField(max_length=200, verbose_name='文件名称')),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='文号')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='basis', to='tasks.plan', verbose_name='年度任务分解表')),
            ],
            options={
                'verbose_name': '依据文件',
                'verbose_name_plural': '依据文件',
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='assignment',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='tasks.plan', verbose_name='年度任务分解表'),
        ),
        migrations.CreateModel(
            name='PlanImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200, verbose_name='文件名')),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='上传时间')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('state', models.CharField(choices=[('received', '待读取'), ('read', '待核对'), ('unreadable', '无法读取'), ('taken', '已写入')], default='received', max_length=12, verbose_name='状态')),
                ('message', models.TextField(blank=True, verbose_name='说明')),
                ('progress', models.PositiveSmallIntegerField(default=0, verbose_name='已读取（%）')),
                ('reading_since', models.DateTimeField(blank=True, null=True, verbose_name='开始读取')),
                ('source', models.JSONField(default=dict, verbose_name='读取结果')),
                ('answers', models.JSONField(default=dict, verbose_name='核对结果')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='版本')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile', verbose_name='文件')),
                ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='imports', to='tasks.plan', verbose_name='写入的分解表')),
                ('target', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tasks.plan', verbose_name='更新到')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='导入人')),
            ],
            options={
                'verbose_name': '分解表导入',
                'verbose_name_plural': '分解表导入',
                'ordering': ['-uploaded_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ProgressReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('folded', models.TextField(blank=True, default='', editable=False, verbose_name='检索文本')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('awaiting_leader', '待审签'), ('submitted', '已报送'), ('approved', '已通过'), ('returned', '已退回')], default='draft', max_length=16, verbose_name='状态')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='修改次数')),
                ('text', models.TextField(blank=True, verbose_name='进展情况')),
                ('obstacles', models.TextField(blank=True, verbose_name='存在问题')),
                ('next_steps', models.TextField(blank=True, verbose_name='下步措施')),
                ('count', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='本次完成数量')),
                ('claims_completion', models.BooleanField(default=False, verbose_name='申报办结')),
                ('open_units_note', models.TextField(blank=True, verbose_name='对未办结责任单位的说明')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ('saved_at', models.DateTimeField(verbose_name='保存时间')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='报送时间')),
                ('attested_name', models.CharField(blank=True, max_length=40, verbose_name='保密审查人')),
                ('attested_at', models.DateTimeField(blank=True, null=True, verbose_name='保密审查时间')),
                ('reviewed_at', models.DateTimeField(blank=True, null=True, verbose_name='审核时间')),
                ('review_comment', models.TextField(blank=True, verbose_name='审核意见')),
                ('quality', models.PositiveSmallIntegerField(blank=True, choices=[(4, '优'), (3, '良'), (2, '一般'), (1, '较差')], null=True, verbose_name='质量评价')),
                ('is_exemplary', models.BooleanField(default=False, verbose_name='典型经验')),
                ('is_public', models.BooleanField(default=False, verbose_name='对外公开')),
                ('leader_approved_at', models.DateTimeField(blank=True, null=True, verbose_name='审签时间')),
                ('leader_comment', models.TextField(blank=True, verbose_name='审签意见')),
                ('review_stage', models.CharField(choices=[('lead', '牵头部门'), ('office', '县政府办公室')], default='office', max_length=10, verbose_name='所在环节')),
                ('review_stage_since', models.DateTimeField(blank=True, null=True, verbose_name='到达时间')),
                ('answers', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='tasks.progressreport', verbose_name='所补正的报告')),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='tasks.assignment', verbose_name='承办事项')),
                ('attested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='报送人')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='填报人')),
                ('leader_approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审签人')),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('writers', models.ManyToManyField(related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='参与填写人')),
            ],
            options={
                'verbose_name': '进展报告',
                'verbose_name_plural': '进展报告',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='LeadOpinion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opinion', models.CharField(choices=[('endorsed', '认可'), ('wants_more', '需补充')], max_length=12, verbose_name='意见')),
                ('text', models.TextField(blank=True, verbose_name='说明')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.unit', verbose_name='牵头部门')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='tasks.progressreport', verbose_name='进展报告')),
            ],
            options={
                'verbose_name': '牵头意见',
                'verbose_name_plural': '牵头意见',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('folded', models.TextField(blank=True, default='', editable=False, verbose_name='检索文本')),
                ('order', models.PositiveSmallIntegerField(verbose_name='排序')),
                ('kind', models.CharField(choices=[('own_plan', '本单位方案'), ('minutes', '会议纪要'), ('training', '培训材料'), ('link', '公开链接'), ('screenshot', '网页截图'), ('photo', '照片'), ('ledger', '数据台账'), ('article', '宣传稿件'), ('other', '其他材料')], default='other', max_length=12, verbose_name='类别')),
                ('title', models.CharField(max_length=200, verbose_name='名称')),
                ('dated_on', models.DateField(blank=True, null=True, verbose_name='日期')),
                ('url', models.URLField(blank=True, max_length=500, verbose_name='发布链接')),
                ('file_name', models.CharField(blank=True, max_length=200, verbose_name='文件名')),
                ('stored', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile', verbose_name='文件')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='tasks.progressreport', verbose_name='进展报告')),
            ],
            options={
                'verbose_name': '佐证材料',
                'verbose_name_plural': '佐证材料',
                'ordering': ['report', 'order'],
            },
        ),
        migrations.CreateModel(
            name='QualityRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quality', models.PositiveSmallIntegerField(blank=True, choices=[(4, '优'), (3, '良'), (2, '一般'), (1, '较差')], null=True, verbose_name='质量评价')),
                ('is_exemplary', models.BooleanField(default=False, verbose_name='典型经验')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('on', models.DateField(help_text='上海时区的日期。', verbose_name='日期')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='评价人')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='tasks.progressreport', verbose_name='进展报告')),
            ],
            options={
                'verbose_name': '质量评价',
                'verbose_name_plural': '质量评价',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('number', models.PositiveIntegerField(verbose_name='编号')),
                ('grade', models.CharField(choices=[('blue', '提醒'), ('yellow', '催办'), ('red', '督办')], max_length=8, verbose_name='等级')),
                ('text', models.TextField(verbose_name='内容')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('on', models.DateField(verbose_name='日期')),
                ('key', models.UUIDField(editable=False, unique=True, verbose_name='表单标识')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='催办人')),
                ('from_unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.unit', verbose_name='催办单位')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='tasks.plan', verbose_name='年度任务分解表')),
            ],
            options={
                'verbose_name': '催办',
                'verbose_name_plural': '催办',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='ReminderItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='阅知时间')),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminded', to='tasks.assignment', verbose_name='承办事项')),
                ('reminder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='tasks.reminder', verbose_name='催办')),
                ('seen_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='阅知人')),
            ],
            options={
                'verbose_name': '催办事项',
                'verbose_name_plural': '催办事项',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ReportingRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=100, verbose_name='名称')),
                ('text', models.TextField(blank=True, verbose_name='报送要求')),
                ('opens_on', models.DateField(verbose_name='开始日期')),
                ('closes_on', models.DateField(verbose_name='截止日期')),
                ('occurs_on', models.DateField(blank=True, editable=False, null=True, verbose_name='定期时限')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='发起时间')),
                ('changed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='修改时间')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('key', models.UUIDField(editable=False, null=True, unique=True, verbose_name='表单标识')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发起人')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='结束人')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='tasks.plan', verbose_name='年度任务分解表')),
            ],
            options={
                'verbose_name': '报送批次',
                'verbose_name_plural': '报送批次',
                'ordering': ['-opens_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='RoundItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='round_items', to='tasks.assignment', verbose_name='承办事项')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='tasks.reportinground', verbose_name='报送批次')),
            ],
            options={
                'verbose_name': '批次事项',
                'verbose_name_plural': '批次事项',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Section',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField(verbose_name='排序')),
                ('heading', models.CharField(blank=True, help_text='表中没有分类的，留空。', max_length=500, verbose_name='标题')),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='tasks.part', verbose_name='部分')),
            ],
            options={
                'verbose_name': '工作任务（类别）',
                'verbose_name_plural': '工作任务（类别）',
                'ordering': ['part__plan', 'order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SupervisionRules',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_on', models.BooleanField(default=True, verbose_name='自动提醒')),
                ('days_before', models.JSONField(blank=True, default=tasks.models.supervision.rules.days_before, validators=[tasks.models.supervision.rules.check_days], verbose_name='时限前提醒（天）')),
                ('after_every', models.PositiveSmallIntegerField(default=7, help_text='时限次日提醒一次，以后每隔这些天。', validators=[django.core.validators.MaxValueValidator(366)], verbose_name='逾期后每隔几天提醒')),
                ('unanswered_after', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MaxValueValidator(60)], verbose_name='退回后几个工作日未补正的提醒')),
                ('silent_after', models.PositiveSmallIntegerField(default=60, validators=[django.core.validators.MaxValueValidator(366)], verbose_name='多少天没有报送的提醒')),
                ('leader_after', models.PositiveSmallIntegerField(default=7, validators=[django.core.validators.MaxValueValidator(366)], verbose_name='逾期几天报分管领导')),
                ('acknowledge_within', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='几个工作日内签收')),
                ('until', models.DateField(blank=True, help_text='留空的，至次年3月31日。', null=True, verbose_name='自动提醒至')),
                ('through_lead', models.BooleanField(default=False, help_text='责任单位的报告先由牵头部门提出意见，认可后转县政府办公室审核。', verbose_name='先经牵头部门')),
                ('plan', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='supervision', to='tasks.plan', verbose_name='年度任务分解表')),
            ],
            options={
                'verbose_name': '督办规则',
                'verbose_name_plural': '督办规则',
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('folded', models.TextField(blank=True, default='', editable=False, verbose_name='检索文本')),
                ('number', models.PositiveIntegerField(verbose_name='序号')),
                ('requirement', models.TextField(verbose_name='具体要求')),
                ('deadline_as_written', models.CharField(blank=True, max_length=200, verbose_name='完成时限（原文）')),
                ('due_on', models.DateField(blank=True, help_text='含当日。', null=True, verbose_name='完成时限')),
                ('recurrence', models.CharField(blank=True, choices=[('ongoing', '长期坚持'), ('weekly', '每周'), ('monthly', '每月'), ('quarterly', '每季度'), ('half_yearly', '每半年')], help_text='没有固定日期的：长期坚持的不计逾期。', max_length=12, verbose_name='周期')),
                ('recurrence_day', models.PositiveSmallIntegerField(blank=True, help_text='如“每月5日前”填5，“每季度末”留空。', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='周期内第几日')),
                ('target_count', models.PositiveSmallIntegerField(blank=True, help_text='如“至少开展2次”填2。', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='目标数量')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='tasks.plan', verbose_name='年度任务分解表')),
                ('section', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='tasks.section', verbose_name='工作任务（类别）')),
            ],
            options={
                'verbose_name': '任务',
                'verbose_name_plural': '任务',
                'ordering': ['plan', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Designation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('lead', '牵头'), ('responsible', '责任')], max_length=12, verbose_name='所在栏')),
                ('order', models.PositiveSmallIntegerField(verbose_name='排序')),
                ('text', models.CharField(max_length=100, verbose_name='原文')),
                ('from_cell_above', models.BooleanField(default=False, verbose_name='取自上方合并单元格')),
                ('collective', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.collective', verbose_name='对应统称')),
                ('picked_units', models.ManyToManyField(blank=True, help_text='统称没有固定所指时，由办公室逐项明确。', related_name='+', to='departments.unit', verbose_name='明确的单位')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.unit', verbose_name='对应单位')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='designations', to='tasks.task', verbose_name='任务')),
            ],
            options={
                'verbose_name': '牵头部门与责任单位',
                'verbose_name_plural': '牵头部门与责任单位',
                'ordering': ['role', 'order', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='assignment',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='tasks.task', verbose_name='任务'),
        ),
        migrations.CreateModel(
            name='Amendment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changes', models.JSONField(verbose_name='调整内容')),
                ('reason', models.TextField(verbose_name='调整原因')),
                ('on', models.DateField(verbose_name='调整日期')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='调整人')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='tasks.task', verbose_name='任务')),
            ],
            options={
                'verbose_name': '任务调整',
                'verbose_name_plural': '任务调整',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Transition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(choices=[('submitted', '报送进展'), ('claimed', '申报办结'), ('withdrawn', '撤回'), ('approved', '审核通过'), ('returned', '退回'), ('revoked', '撤销办结'), ('amended', '调整'), ('acknowledged', '签收'), ('extended', '延期'), ('suspended', '中止'), ('resumed', '恢复办理'), ('passed_on', '转县政府办公室')], max_length=12, verbose_name='事项')),
                ('from_status', models.CharField(choices=[('not_started', '未开始'), ('in_progress', '办理中'), ('under_review', '待审核'), ('completed', '办结')], max_length=12, verbose_name='原状态')),
                ('to_status', models.CharField(choices=[('not_started', '未开始'), ('in_progress', '办理中'), ('under_review', '待审核'), ('completed', '办结')], max_length=12, verbose_name='新状态')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('on', models.DateField(help_text='上海时区的日期。', verbose_name='日期')),
                ('reason', models.TextField(blank=True, verbose_name='说明')),
                ('claimed_on', models.DateField(blank=True, null=True, verbose_name='申报办结日期')),
                ('awaits_answer', models.BooleanField(default=False, verbose_name='退回待补正')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='完成时限')),
                ('suspended', models.BooleanField(default=False, verbose_name='中止')),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transitions', to='tasks.assignment', verbose_name='承办事项')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经手人')),
                ('report', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transitions', to='tasks.progressreport', verbose_name='进展报告')),
            ],
            options={
                'verbose_name': '流转记录',
                'verbose_name_plural': '流转记录',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='AutomaticReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('after', '已经逾期'), ('unanswered', '退回未补正'), ('before', '临近时限'), ('round', '报送批次'), ('silent', '长期未报'), ('leader', '逾期报分管领导')], max_length=12, verbose_name='事由')),
                ('anchor', models.DateField(verbose_name='起算日')),
                ('stage', models.PositiveSmallIntegerField(verbose_name='档次')),
                ('on', models.DateField(verbose_name='日期')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='auto_reminders', to='tasks.assignment', verbose_name='承办事项')),
            ],
            options={
                'verbose_name': '自动提醒',
                'verbose_name_plural': '自动提醒',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['on', 'assignment'], name='auto_reminder_by_day')],
                'constraints': [models.UniqueConstraint(fields=('assignment', 'kind', 'anchor', 'stage'), name='one_reminder_per_trigger')],
            },
        ),
        migrations.AddIndex(
            model_name='extension',
            index=models.Index(fields=['state', 'requested_at'], name='extension_queue'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'requested')), fields=('assignment',), name='one_open_extension_per_duty'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('requested_due_on__gt', models.F('old_due_on'))), name='extension_asks_for_later'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'granted'), _negated=True), ('granted_due_on__gt', models.F('old_due_on')), _connector='OR'), name='extension_granted_with_a_day'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['granted', 'refused']), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='extension_decided_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='outgoingmail',
            index=models.Index(fields=['sent_at', 'gave_up_at', 'next_try_at'], name='mail_queue'),
        ),
        migrations.AddConstraint(
            model_name='outgoingmail',
            constraint=models.UniqueConstraint(condition=models.Q(('digest_on__isnull', False)), fields=('user', 'digest_on'), name='one_digest_mail_a_day_and_person'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(fields=['user', 'read_at', '-created_at'], name='notification_by_user'),
        ),
        migrations.AddIndex(
            model_name='plan',
            index=models.Index(fields=['state', '-year'], name='plan_by_state'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('issued_on__isnull', False), _connector='OR'), name='issued_plan_has_a_date'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.UniqueConstraint(fields=('plan', 'order'), name='part_order_once'),
        ),
        migrations.AddIndex(
            model_name='planimport',
            index=models.Index(fields=['state', '-uploaded_at'], name='import_by_state'),
        ),
        migrations.AddIndex(
            model_name='progressreport',
            index=models.Index(fields=['state', 'submitted_at'], name='report_queue'),
        ),
        migrations.AddIndex(
            model_name='progressreport',
            index=models.Index(fields=['assignment', '-submitted_at'], name='report_by_duty'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('draft', 'awaiting_leader'))), fields=('assignment',), name='one_open_draft_per_duty'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.UniqueConstraint(condition=models.Q(('claims_completion', True), ('state', 'submitted')), fields=('assignment',), name='one_claim_under_review_per_duty'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(models.Q(('submitted_at__isnull', False), ('state', 'awaiting_leader'), _connector='OR'), ('attested_at__isnull', False), ('attested_by__isnull', False), models.Q(('attested_name', ''), _negated=True)), _connector='OR'), name='left_draft_with_time_and_attester'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'awaiting_leader', 'submitted']), models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False)), _connector='OR'), name='reviewed_with_time_and_reviewer'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.CheckConstraint(condition=models.Q(('is_public', False), ('state', 'approved'), _connector='OR'), name='only_approved_reports_are_public'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.CheckConstraint(condition=models.Q(('quality__isnull', True), ('state', 'approved'), _connector='OR'), name='only_approved_reports_are_rated'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.CheckConstraint(condition=models.Q(('is_exemplary', False), models.Q(('quality__in', (4, 3)), ('quality__isnull', False)), _connector='OR'), name='exemplary_where_good'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'returned'), _negated=True), models.Q(('review_comment', ''), _negated=True), _connector='OR'), name='returned_with_a_reason'),
        ),
        migrations.AddIndex(
            model_name='leadopinion',
            index=models.Index(fields=['report', '-id'], name='opinion_by_report'),
        ),
        migrations.AddConstraint(
            model_name='leadopinion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('opinion', 'wants_more'), _negated=True), models.Q(('text', ''), _negated=True), _connector='OR'), name='wanting_more_says_what'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.UniqueConstraint(fields=('report', 'order'), name='evidence_place_once'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stored__isnull', False), ('url', '')), models.Q(('stored__isnull', True), models.Q(('url', ''), _negated=True)), _connector='OR'), name='evidence_is_file_or_link'),
        ),
        migrations.AddIndex(
            model_name='qualityrating',
            index=models.Index(fields=['report', 'on', 'id'], name='rating_by_day'),
        ),
        migrations.AddConstraint(
            model_name='qualityrating',
            constraint=models.CheckConstraint(condition=models.Q(('is_exemplary', False), models.Q(('quality__in', (4, 3)), ('quality__isnull', False)), _connector='OR'), name='rated_exemplary_where_good'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(fields=['plan', '-at'], name='reminder_by_plan'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('year', 'number'), name='reminder_number_once_a_year'),
        ),
        migrations.AddIndex(
            model_name='reminderitem',
            index=models.Index(fields=['assignment', 'seen_at'], name='chased_by_duty'),
        ),
        migrations.AddConstraint(
            model_name='reminderitem',
            constraint=models.UniqueConstraint(fields=('reminder', 'assignment'), name='chased_once_a_reminder'),
        ),
        migrations.AddIndex(
            model_name='reportinground',
            index=models.Index(fields=['plan', '-opens_on'], name='round_by_plan'),
        ),
        migrations.AddConstraint(
            model_name='reportinground',
            constraint=models.CheckConstraint(condition=models.Q(('closes_on__gte', models.F('opens_on'))), name='round_days_in_order', violation_error_message='截止日期不能早于开始日期。'),
        ),
        migrations.AddConstraint(
            model_name='reportinground',
            constraint=models.UniqueConstraint(fields=('plan', 'occurs_on'), name='one_recurring_round_a_day'),
        ),
        migrations.AddConstraint(
            model_name='rounditem',
            constraint=models.UniqueConstraint(fields=('round', 'assignment'), name='one_item_per_round'),
        ),
        migrations.AddConstraint(
            model_name='section',
            constraint=models.UniqueConstraint(fields=('part', 'order'), name='section_order_once'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.UniqueConstraint(fields=('plan', 'number'), name='task_number_once'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__isnull', True), ('recurrence', ''), _connector='OR'), name='task_has_a_day_or_a_recurrence', violation_error_message='完成时限和周期只填一个。'),
        ),
        migrations.AddConstraint(
            model_name='designation',
            constraint=models.UniqueConstraint(fields=('task', 'role', 'order'), name='designation_place_once'),
        ),
        migrations.AddConstraint(
            model_name='designation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('collective__isnull', True), ('unit__isnull', False)), models.Q(('collective__isnull', False), ('unit__isnull', True)), _connector='OR'), name='designation_is_unit_or_collective', violation_error_message='对应单位和对应统称填且只填一个。'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['plan', 'due_on', 'id'], name='duty_by_deadline'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['unit', 'plan', 'due_on'], name='duty_by_unit'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['plan', 'status'], name='duty_by_status'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(fields=('task', 'unit'), name='one_duty_per_task_and_unit'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['not_started', 'in_progress']), ('claimed_on__isnull', False), _connector='OR'), name='claim_has_a_day'),
        ),
        migrations.AddIndex(
            model_name='transition',
            index=models.Index(fields=['assignment', 'on', 'id'], name='step_by_day'),
        ),
        migrations.AddIndex(
            model_name='transition',
            index=models.Index(fields=['-at'], name='step_by_time'),
        ),
        migrations.RunPython(add_phrases, migrations.RunPython.noop),
    ]
