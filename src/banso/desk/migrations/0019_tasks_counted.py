from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0018_expectation_said'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='task', name='task_to_do'),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('state__in', ('open', 'snoozed'))), fields=['due_on', 'id'], include=('state', 'until'), name='task_waiting'),
        ),
        migrations.AddIndex(
            model_name='taskhandling',
            index=models.Index(fields=['at', 'task'], name='task_handled_at'),
        ),
    ]
