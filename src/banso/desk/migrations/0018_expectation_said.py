from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0017_assigned'),
    ]

    operations = [
        migrations.AddField(
            model_name='expectation',
            name='said',
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddIndex(
            model_name='expectation',
            index=models.Index(condition=models.Q(('came__in', ('reached', 'not_reached')), ('said', False)), fields=['episode'], name='expectation_unsaid'),
        ),
    ]
