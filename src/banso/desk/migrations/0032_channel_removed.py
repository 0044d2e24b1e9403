from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("desk", "0031_run_expectation")]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="removed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="channel", name="name", field=models.CharField(max_length=63)
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at__isnull", True)),
                fields=("name",),
                name="one_channel_a_name",
            ),
        ),
    ]
