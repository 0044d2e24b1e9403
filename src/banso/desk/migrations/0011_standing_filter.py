"""An index that counts what a filter of the list leaves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0010_backtests")]
    operations = [
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(fields=["journey", "urgency"], include=("id",), name="standing_filter"),
        ),
    ]
