"""Keys with which applications send live events."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0004_sort_by_float")]
    operations = [
        migrations.CreateModel(
            name="SourceKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=200)),
                ("start", models.CharField(max_length=20, unique=True)),
                ("hash", models.CharField(max_length=64, unique=True)),
                ("rate", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={"db_table": "source_key", "ordering": ("source", "id")},
        ),
    ]
