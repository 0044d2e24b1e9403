from django.db import models
from django.db.models.functions import Now


class ValueFigures(models.Model):
    """What the pages of value count, as the newest `banso prove` read it; one row.

    as_of: the day of the run. fingerprint: of the definitions then. columns: core.value.columns.
    """

    as_of = models.DateField()
    made_at = models.DateTimeField(db_default=Now())
    fingerprint = models.CharField(max_length=64)
    columns = models.BinaryField()

    class Meta:
        db_table = "value_figures"

    def __str__(self) -> str:
        return f"figures of value as of {self.as_of}"
