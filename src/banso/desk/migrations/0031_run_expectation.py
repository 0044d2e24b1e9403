import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0030_value_figures")]

    operations = [
        migrations.CreateModel(
            name="RunExpectation",
            fields=[
                ("condition", models.TextField()),
                ("within_days", models.IntegerField()),
                ("due_on", models.DateField()),
                ("came", models.CharField(max_length=11)),
                ("why", models.CharField(blank=True, max_length=12)),
                ("reached_on", models.DateField(null=True)),
                ("settled_on", models.DateField(null=True)),
                ("said", models.BooleanField(db_default=False)),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="expectation",
                        serialize=False,
                        to="desk.playrun",
                    ),
                ),
            ],
            options={
                "db_table": "run_expectation",
                "indexes": [
                    models.Index(
                        condition=models.Q(("came", "open")),
                        fields=["run"],
                        name="run_expectation_open",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("came__in", ("reached", "not_reached")), ("said", False)
                        ),
                        fields=["run"],
                        name="run_expectation_unsaid",
                    ),
                ],
            },
        ),
    ]
