import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0029_news_of_plays")]

    operations = [
        migrations.CreateModel(
            name="ValueFigures",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField()),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("fingerprint", models.CharField(max_length=64)),
                ("columns", models.BinaryField()),
            ],
            options={"db_table": "value_figures"},
        ),
    ]
