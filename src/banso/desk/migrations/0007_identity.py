"""Other ids of accounts; contacts that the product itself introduces; incidents of sources."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0005_source_keys")]
    operations = [
        migrations.CreateModel(
            name="AccountId",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("value", models.CharField(max_length=200, unique=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ids", to="desk.account"
                    ),
                ),
            ],
            options={"db_table": "account_id", "ordering": ("name", "value")},
        ),
        migrations.CreateModel(
            name="DataIncident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=200)),
                (
                    "fault",
                    models.CharField(
                        choices=[(x, x) for x in ("late", "silent", "tenfold", "tenth", "doubled")], max_length=20
                    ),
                ),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, null=True)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "data_incident",
                "ordering": ("-opened_at", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(closed_at__isnull=True),
                        fields=("source",),
                        name="one_open_incident_a_source",
                    )
                ],
            },
        ),
        migrations.AddField("contact", "introduced", models.BooleanField(default=False)),
        migrations.AddField("contact", "told_at", models.DateTimeField(blank=True, null=True)),
    ]
