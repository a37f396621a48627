import departments.models.collective
import departments.models.user
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Collective',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='单位统称')),
                ('kinds', models.JSONField(blank=True, default=list, help_text='留空表示由办公室逐项明确。', validators=[departments.models.collective.check_kinds], verbose_name='所指单位类别')),
            ],
            options={
                'verbose_name': '单位统称',
                'verbose_name_plural': '单位统称',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('name', models.CharField(max_length=40, verbose_name='姓名')),
                ('role', models.CharField(choices=[('office', '县政府办公室工作人员'), ('reviewer', '审核人'), ('liaison', '联络员'), ('leader', '分管领导'), ('auditor', '审计（只读）')], max_length=16, verbose_name='角色')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='联系电话')),
                ('mail_choice', models.CharField(choices=[('daily', '每日汇总'), ('at_once', '随时发送'), ('off', '不发邮件')], default='daily', help_text='填写了电子邮箱的，按此发送。', max_length=10, verbose_name='邮件提醒')),
                ('calendar_key', models.CharField(editable=False, max_length=64, null=True, unique=True, verbose_name='日历地址摘要')),
                ('must_change_password', models.BooleanField(default=False, editable=False, verbose_name='首次登录须修改密码')),
                ('is_demo', models.BooleanField(default=False, editable=False, verbose_name='演示账号')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': '人员',
                'verbose_name_plural': '人员',
                'ordering': ['unit__order', 'role', 'username'],
            },
            managers=[
                ('objects', departments.models.user.People()),
            ],
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='用途')),
                ('key', models.CharField(editable=False, max_length=64, unique=True, verbose_name='摘要')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='生成时间')),
                ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='最近使用时间')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='停用时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL, verbose_name='所有人')),
            ],
            options={
                'verbose_name': '接口令牌',
                'verbose_name_plural': '接口令牌',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='CollectiveAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='别名')),
                ('collective', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='departments.collective', verbose_name='单位统称')),
            ],
            options={
                'verbose_name': '统称别名',
                'verbose_name_plural': '统称别名',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('search_key', models.TextField(blank=True, editable=False, verbose_name='检索词')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='单位名称')),
                ('short_name', models.CharField(blank=True, max_length=40, verbose_name='简称')),
                ('kind', models.CharField(choices=[('office', '政府办公室'), ('department', '政府部门'), ('institution', '事业单位'), ('vertical', '垂直管理机构'), ('town', '镇'), ('township', '乡镇'), ('subdistrict', '街道')], max_length=16, verbose_name='类别')),
                ('division_code', models.CharField(blank=True, max_length=12, verbose_name='行政区划代码')),
                ('order', models.PositiveSmallIntegerField(default=1000, verbose_name='排序')),
                ('established_on', models.DateField(blank=True, help_text='留空表示一直存在。', null=True, verbose_name='设立日期')),
                ('retired_on', models.DateField(blank=True, help_text='自这一天起不再承担任务，已报送的内容不受影响。', null=True, verbose_name='撤销日期')),
                ('leader_approves', models.BooleanField(default=False, help_text='本单位的报告由分管领导（或其委托的人）审签后才送出。', verbose_name='报送前须经分管领导审签')),
                ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='departments.unit', verbose_name='并入单位')),
            ],
            options={
                'verbose_name': '单位',
                'verbose_name_plural': '单位',
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Deputy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField(verbose_name='自')),
                ('until_on', models.DateField(verbose_name='至')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='委托时间')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='提前结束时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='委托人')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stands_in', to=settings.AUTH_USER_MODEL, verbose_name='受委托人')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deputies', to='departments.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '委托审签',
                'verbose_name_plural': '委托审签',
                'ordering': ['-from_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Alias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('search_key', models.TextField(blank=True, editable=False, verbose_name='检索词')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='别名')),
                ('used_until', models.DateField(blank=True, help_text='原名在更名前用至哪一天；普通别名留空。', null=True, verbose_name='用至')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='departments.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '单位别名',
                'verbose_name_plural': '单位别名',
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='user',
            name='unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='people', to='departments.unit', verbose_name='所在单位'),
        ),
        migrations.CreateModel(
            name='UnitImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200, verbose_name='文件名')),
                ('rows', models.JSONField(default=dict, verbose_name='读取结果')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='上传时间')),
                ('taken_at', models.DateTimeField(blank=True, null=True, verbose_name='写入时间')),
                ('passwords_given_at', models.DateTimeField(blank=True, null=True, verbose_name='初始密码下载时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='导入人')),
                ('made', models.ManyToManyField(related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记的人员')),
            ],
            options={
                'verbose_name': '名录导入',
                'verbose_name_plural': '名录导入',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='UserSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signed_in_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='登录时间')),
                ('last_seen_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='最近活动时间')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='来源地址')),
                ('device', models.CharField(blank=True, max_length=80, verbose_name='浏览器')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='结束人')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='user_sessions', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
            ],
            options={
                'verbose_name': '登录会话',
                'verbose_name_plural': '登录会话',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='SignInFailure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('typed', models.CharField(max_length=64, verbose_name='账号摘要')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='来源地址')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='时间')),
                ('account_lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='账号解除时间')),
                ('address_lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='地址解除时间')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
            ],
            options={
                'verbose_name': '登录失败',
                'verbose_name_plural': '登录失败',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['typed', '-at'], name='failure_by_account'), models.Index(fields=['address', '-at'], name='failure_by_address')],
            },
        ),
        migrations.AddIndex(
            model_name='unit',
            index=models.Index(fields=['kind', 'order'], name='unit_by_kind'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('successor__isnull', True), ('retired_on__isnull', False), _connector='OR'), name='unit_successor_needs_retirement', violation_error_message='填写了并入单位，就要填写撤销日期。'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('successor__isnull', True), models.Q(('successor', models.F('pk')), _negated=True), _connector='OR'), name='unit_does_not_succeed_itself', violation_error_message='单位不能并入自己。'),
        ),
        migrations.AddConstraint(
            model_name='deputy',
            constraint=models.CheckConstraint(condition=models.Q(('until_on__gte', models.F('from_on'))), name='deputy_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role__in', ['leader', 'liaison']), _negated=True), ('unit__isnull', False), _connector='OR'), name='unit_role_has_a_unit', violation_error_message='联络员和分管领导必须填写所在单位。'),
        ),
        migrations.AddIndex(
            model_name='usersession',
            index=models.Index(fields=['user', '-last_seen_at'], name='session_by_user'),
        ),
        migrations.AddIndex(
            model_name='usersession',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['-last_seen_at'], name='session_active'),
        ),
    ]
