"""Channels, and the outbox: what they owe their receivers."""

import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0008_told_alerts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=63, unique=True)),
                ('kind', models.CharField(choices=[('webhook', 'Webhook'), ('email', 'Email'), ('slack', 'Slack')], max_length=10)),
                ('address', models.CharField(blank=True, max_length=2000)),
                ('secrets', models.TextField(blank=True)),
                ('least', models.CharField(default='low', max_length=6)),
                ('language', models.CharField(choices=[('en', 'En'), ('ja', 'Ja')], default='en', max_length=2)),
                ('digest', models.BooleanField(default=False)),
                ('revenue', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('disabled_at', models.DateTimeField(blank=True, null=True)),
                ('disabled_because', models.TextField(blank=True)),
                ('resting_until', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'db_table': 'channel',
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('alert.opened', 'Opened'), ('alert.closed', 'Closed'), ('alert.handled', 'Handled'), ('digest', 'Digest'), ('test', 'Test')], max_length=20)),
                ('subject', models.CharField(max_length=100)),
                ('body', models.JSONField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('leased_until', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('failed_at', models.DateTimeField(null=True)),
                ('answer', models.TextField(blank=True)),
                ('place', models.JSONField(null=True)),
                ('alert', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='desk.alert')),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='desk.channel')),
                ('member', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'delivery',
                'ordering': ('id',),
                'indexes': [models.Index(condition=models.Q(('delivered_at__isnull', True), ('failed_at__isnull', True)), fields=['channel', 'due_at'], name='delivery_waiting'), models.Index(fields=['alert', 'channel'], name='delivery_of_alert')],
                'constraints': [models.UniqueConstraint(fields=('channel', 'subject'), name='one_delivery_a_subject')],
            },
        ),
    ]
