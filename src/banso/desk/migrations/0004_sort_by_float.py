"""Orders by revenue compare floats. The indexes are made anew under their old names, since a
migration of before may have made them in either form."""

from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Cast, Coalesce

AMOUNT = Cast(F("arr"), models.FloatField())
STAKE = Coalesce(AMOUNT * Value(-1.0), Value(1.0))


class Migration(migrations.Migration):
    dependencies = [("desk", "0003_handled_alerts")]
    operations = [
        migrations.RemoveIndex(model_name="standing", name="standing_arr"),
        migrations.RemoveIndex(model_name="standing", name="standing_urgent"),
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(AMOUNT, F("account"), name="standing_arr"),
        ),
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(F("urgency"), STAKE, F("account"), name="standing_urgent"),
        ),
    ]
