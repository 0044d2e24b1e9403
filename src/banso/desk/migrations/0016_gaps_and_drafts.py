"""What was lost and who saw it; drafts of rules; pauses."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0015_live'),
    ]

    operations = [
        migrations.CreateModel(
            name='Foresight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField()),
                ('since', models.DateField()),
                ('fingerprint', models.CharField(max_length=64)),
                ('outcomes', models.JSONField()),
                ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'db_table': 'foresight',
            },
        ),
        migrations.AddField(
            model_name='definitionset',
            name='on_screen',
            field=models.BooleanField(db_default=False),
        ),
        migrations.CreateModel(
            name='Loss',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(max_length=63)),
                ('on', models.DateField()),
                ('arr', models.DecimalField(decimal_places=2, max_digits=24, null=True)),
                ('owner', models.CharField(blank=True, max_length=254)),
                ('foreseen', models.BooleanField()),
                ('sights', models.JSONField()),
                ('was', models.JSONField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='desk.account')),
                ('foresight', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='losses', to='desk.foresight')),
            ],
            options={
                'db_table': 'loss',
                'ordering': ('-on', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Pause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=63)),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'pause',
                'ordering': ('-id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('rule',), name='one_pause_a_rule')],
            },
        ),
        migrations.CreateModel(
            name='RuleDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=63)),
                ('text', models.TextField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ended', models.CharField(blank=True, choices=[('replaced', 'Replaced'), ('switched_on', 'Switched On'), ('dropped', 'Dropped')], max_length=11)),
                ('ended_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('compared', models.JSONField(null=True)),
                ('compared_at', models.DateTimeField(null=True)),
                ('fingerprint', models.CharField(blank=True, max_length=64)),
                ('failed', models.TextField(blank=True)),
                ('applied', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='desk.definitionset')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'rule_draft',
                'ordering': ('-id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended', '')), fields=('rule',), name='one_draft_a_rule')],
            },
        ),
    ]
