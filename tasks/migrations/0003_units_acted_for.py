import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

from wenshang_disclosure.audit import guards


def fill_in(apps, schema_editor):
    """Set the unit of earlier steps: the duty's for what only it does, the lead's for what came with its opinion."""
    Transition, Assignment, LeadOpinion = (
        apps.get_model("tasks", name) for name in ("Transition", "Assignment", "LeadOpinion")
    )
    guards.drop(schema_editor.connection, Transition)  # made anew after the migrations
    steps = Transition.objects.using(schema_editor.connection.alias)
    own = Assignment.objects.filter(pk=OuterRef("assignment")).values("unit")[:1]
    steps.filter(event__in=["submitted", "claimed", "withdrawn", "acknowledged"]).update(by_unit=Subquery(own))
    said = LeadOpinion.objects.filter(report=OuterRef("report"), by=OuterRef("by"), at__lte=OuterRef("at"))
    by_lead = steps.filter(event__in=["returned", "passed_on"], reason__startswith="牵头部门")
    by_lead.update(by_unit=Subquery(said.order_by("-pk").values("unit")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('departments', '0001_initial'),
        ('tasks', '0002_steps'),
    ]

    operations = [
        migrations.AddField(
            model_name='notification',
            name='unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.unit', verbose_name='所代表单位'),
        ),
        migrations.AddField(
            model_name='outgoingmail',
            name='content',
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name='内容'),
        ),
        migrations.AddField(
            model_name='transition',
            name='by_unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='departments.unit', verbose_name='经手单位'),
        ),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
    ]
