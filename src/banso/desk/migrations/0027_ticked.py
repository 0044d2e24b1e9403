from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0026_ended_by_merge")]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="kind",
            field=models.CharField(
                choices=[
                    ("alert.opened", "Opened"),
                    ("alert.closed", "Closed"),
                    ("alert.handled", "Handled"),
                    ("digest", "Digest"),
                    ("play.message", "Message"),
                    ("play.step", "Step"),
                    ("task.opened", "Task Opened"),
                    ("task.passed", "Task Passed"),
                    ("task.due", "Task Due"),
                    ("task.handled", "Task Handled"),
                    ("task.ticked", "Task Ticked"),
                    ("customer.mail", "Mail"),
                    ("test", "Test"),
                ],
                max_length=20,
            ),
        ),
    ]
