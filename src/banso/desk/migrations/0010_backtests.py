"""What rules' replays have shown last, for the pages."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0009_outbox'),
    ]

    operations = [
        migrations.CreateModel(
            name='Backtest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=63)),
                ('outcome', models.CharField(blank=True, max_length=63)),
                ('fingerprint', models.CharField(max_length=64)),
                ('as_of', models.DateField()),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('precision', models.FloatField(null=True)),
                ('low', models.FloatField(null=True)),
                ('high', models.FloatField(null=True)),
                ('weekly', models.FloatField()),
                ('told', models.JSONField()),
            ],
            options={
                'db_table': 'backtest',
                'constraints': [models.UniqueConstraint(fields=('rule', 'outcome'), name='one_backtest_an_outcome')],
            },
        ),
    ]
