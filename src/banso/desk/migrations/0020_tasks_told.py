import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0019_tasks_counted"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="tasks",
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name="channel",
            name="kind",
            field=models.CharField(
                choices=[
                    ("webhook", "Webhook"),
                    ("email", "Email"),
                    ("slack", "Slack"),
                    ("service", "Service"),
                    ("line_works", "Line Works"),
                    ("chatwork", "Chatwork"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="task",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, to="desk.task"
            ),
        ),
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
                    ("test", "Test"),
                ],
                max_length=20,
            ),
        ),
    ]
