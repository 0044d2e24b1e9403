import django.db.models.deletion
from django.db import migrations, models

KNOWN = """
INSERT INTO contact_role (contact_id, role, valid_from)
SELECT id, role, DATE '1900-01-01' FROM contact WHERE role <> ''
"""
"""What is known today has counted for all of history so far, and does so on."""


class Migration(migrations.Migration):
    dependencies = [("desk", "0032_channel_removed")]

    operations = [
        migrations.CreateModel(
            name="ContactRole",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(blank=True, max_length=100)),
                ("valid_from", models.DateField()),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to="desk.contact",
                    ),
                ),
            ],
            options={"db_table": "contact_role"},
        ),
        migrations.AddConstraint(
            model_name="contactrole",
            constraint=models.UniqueConstraint(
                fields=("contact", "valid_from"), name="one_role_a_day_and_contact"
            ),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
