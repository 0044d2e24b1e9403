"""An index of the alerts with which members have done something: few, of many."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0002_screens")]
    operations = [
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                fields=["episode", "state"],
                condition=models.Q(("state", "open"), _negated=True),
                name="alert_handled",
            ),
        ),
    ]
