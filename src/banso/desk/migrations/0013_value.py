"""Arms, alerts withheld from held-out accounts, expectations and effects."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0012_plays'),
    ]

    operations = [
        migrations.CreateModel(
            name='Effect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=63)),
                ('target', models.CharField(blank=True, max_length=63)),
                ('grade', models.CharField(max_length=1)),
                ('version', models.CharField(max_length=16)),
                ('as_of', models.DateField()),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('verdict', models.CharField(max_length=12)),
                ('value', models.FloatField(null=True)),
                ('low', models.FloatField(null=True)),
                ('high', models.FloatField(null=True)),
                ('told', models.JSONField()),
            ],
            options={
                'db_table': 'effect',
                'constraints': [models.UniqueConstraint(fields=('rule', 'target', 'grade'), name='one_effect_a_grade')],
            },
        ),
        migrations.CreateModel(
            name='Expectation',
            fields=[
                ('episode', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='expectation', serialize=False, to='desk.episode')),
                ('condition', models.TextField()),
                ('within_days', models.IntegerField()),
                ('due_on', models.DateField()),
                ('came', models.CharField(max_length=11)),
                ('why', models.CharField(blank=True, max_length=12)),
                ('reached_on', models.DateField(null=True)),
                ('settled_on', models.DateField(null=True)),
            ],
            options={
                'db_table': 'expectation',
                'indexes': [models.Index(condition=models.Q(('came', 'open')), fields=['episode'], name='expectation_open')],
            },
        ),
        migrations.CreateModel(
            name='Withheld',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('priority', models.CharField(max_length=6)),
                ('label', models.JSONField()),
                ('action', models.JSONField()),
                ('why', models.JSONField()),
                ('arr', models.DecimalField(decimal_places=2, max_digits=24, null=True)),
                ('fingerprint', models.CharField(max_length=64)),
                ('generation', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('episode', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='withheld', to='desk.episode')),
            ],
            options={
                'db_table': 'withheld',
            },
        ),
        migrations.CreateModel(
            name='Arm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=63)),
                ('held_out', models.BooleanField()),
                ('drawn_on', models.DateField()),
                ('share', models.FloatField()),
                ('stratum', models.TextField()),
                ('version', models.CharField(max_length=16)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='desk.account')),
            ],
            options={
                'db_table': 'arm',
                'constraints': [models.UniqueConstraint(fields=('account', 'rule'), name='one_arm_for_ever')],
            },
        ),
    ]
