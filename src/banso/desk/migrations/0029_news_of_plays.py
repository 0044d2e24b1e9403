from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0028_note")]

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
                    ("play.started", "Run Started"),
                    ("play.parked", "Run Parked"),
                    ("play.resumed", "Run Resumed"),
                    ("play.ended", "Run Ended"),
                    ("task.opened", "Task Opened"),
                    ("task.passed", "Task Passed"),
                    ("task.due", "Task Due"),
                    ("task.handled", "Task Handled"),
                    ("task.ticked", "Task Ticked"),
                    ("customer.mail", "Mail"),
                    ("mail.drafted", "Mail Drafted"),
                    ("mail.approved", "Mail Approved"),
                    ("mail.refused", "Mail Refused"),
                    ("mail.withdrawn", "Mail Withdrawn"),
                    ("mail.sent", "Mail Sent"),
                    ("mail.failed", "Mail Failed"),
                    ("incident.opened", "Incident Opened"),
                    ("incident.closed", "Incident Closed"),
                    ("test", "Test"),
                ],
                max_length=20,
            ),
        ),
    ]
