from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0025_stopped_channels'),
    ]

    operations = [
        migrations.AddField(
            model_name='merge',
            name='ended',
            field=models.JSONField(default=dict),
        ),
    ]
