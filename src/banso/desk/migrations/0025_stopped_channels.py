from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

BY_HAND = r"^([Dd]isabled by |手動で停止$)|さんが停止$"
"""What was written where a member disabled a channel, before it was kept apart."""


def stopped(apps: StateApps, _: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model("desk", "Channel").objects.filter(disabled_at__isnull=False)
    rows.filter(disabled_because__regex=BY_HAND).update(stopped=True)


class Migration(migrations.Migration):
    dependencies = [("desk", "0024_followed")]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="stopped",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(stopped, migrations.RunPython.noop),
    ]
