from django.db import models
from django.db.models.functions import Now


class Backtest(models.Model):
    """What replaying a rule over history showed last, judged by one outcome, for pages to read.

    outcome: empty where none is defined. fingerprint, as_of: definitions and day it was made with.
    precision, low, high: of all days whose outcomes are sure; null where nothing is judged.
    weekly: alerts a week in the last 26 weeks. told: see pipeline.kept_backtests.
    """

    rule = models.CharField(max_length=63)
    outcome = models.CharField(max_length=63, blank=True)
    fingerprint = models.CharField(max_length=64)
    as_of = models.DateField()
    made_at = models.DateTimeField(db_default=Now())
    precision = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    weekly = models.FloatField()
    told = models.JSONField()

    class Meta:
        db_table = "backtest"
        constraints = (
            models.UniqueConstraint(fields=("rule", "outcome"), name="one_backtest_an_outcome"),
        )

    def __str__(self) -> str:
        return f"{self.rule} by {self.outcome}"
