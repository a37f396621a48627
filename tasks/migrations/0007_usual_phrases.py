"""Stock phrases to begin with; and who has reported before there were receipts has seen the duty."""

from django.db import migrations
from django.db.models import OuterRef, Subquery

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


def acknowledge_what_was_reported(apps, schema_editor):
    Assignment, Transition = apps.get_model("tasks", "Assignment"), apps.get_model("tasks", "Transition")
    first = Transition.objects.filter(assignment=OuterRef("pk"), event__in=["submitted", "claimed"]).order_by("pk")
    Assignment.objects.filter(transitions__event__in=["submitted", "claimed"]).update(
        acknowledged_at=Subquery(first.values("at")[:1]), acknowledged_by=Subquery(first.values("by")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("tasks", "0006_supervision")]

    operations = [
        migrations.RunPython(add_phrases, migrations.RunPython.noop),
        migrations.RunPython(acknowledge_what_was_reported, migrations.RunPython.noop),
    ]
