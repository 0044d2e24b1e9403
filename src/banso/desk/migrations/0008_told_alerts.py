"""When an alert reached its owner (null while the weekly budget holds it back), and muted rules."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TOLD = """
UPDATE alert SET told_on = episode.opened_on FROM episode WHERE episode.id = alert.episode_id
"""


class Migration(migrations.Migration):
    dependencies = [("desk", "0007_identity")]
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
        migrations.CreateModel(
            name="Mute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=63)),
                ("until", models.DateField()),
                ("reason", models.TextField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("account", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to="desk.account")),
                ("member", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "mute", "ordering": ("-id",)},
        ),
    ]
