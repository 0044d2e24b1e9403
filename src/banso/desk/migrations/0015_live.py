from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('desk', '0014_member_token'),
    ]

    operations = [
        migrations.CreateModel(
            name='LiveTurn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('as_of', models.DateField()),
                ('accounts', models.IntegerField()),
                ('opened', models.IntegerField()),
                ('closed', models.IntegerField()),
                ('taken_back', models.IntegerField()),
                ('reopened', models.IntegerField()),
                ('fingerprint', models.CharField(max_length=64)),
                ('generation', models.BigIntegerField()),
            ],
            options={
                'db_table': 'live_turn',
                'ordering': ('-id',),
            },
        ),
    ]
