"""When an alert reached its owner; null while the weekly budget holds it back."""

from django.db import migrations, models

TOLD = """
UPDATE alert SET told_on = episode.opened_on FROM episode WHERE episode.id = alert.episode_id
"""


class Migration(migrations.Migration):
    dependencies = [("desk", "0005_source_keys")]
    operations = [
        migrations.AddField(
            model_name="alert", name="told_on", field=models.DateField(null=True)
        ),
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                fields=["told_on"], name="alert_told"
            ),
        ),
    ]
