from django.db import models
from django.db.models.functions import Now

from banso.desk.models.account import Account


class Foresight(models.Model):
    """One look back at what was lost, and at which rule saw it coming; the newest one is kept.

    as_of, since: first and last day. fingerprint: of the definitions whose rules were asked.
    outcomes: names of those that count as a loss; empty: none is defined, so nothing was looked
    for.
    """

    as_of = models.DateField()
    since = models.DateField()
    fingerprint = models.CharField(max_length=64)
    outcomes = models.JSONField()
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "foresight"

    def __str__(self) -> str:
        return f"{self.since} to {self.as_of}"


class Loss(models.Model):
    """One outcome that came, and the alerts before it.

    arr: in force on the day before, null where unmeasured. owner: handle of that day, empty where
    nobody. foreseen: whether any alert saw it in time. sights: alerts that saw it, the earliest
    first; was: where the account stood when there was still time (see pipeline.foreseen).
    """

    foresight = models.ForeignKey(Foresight, on_delete=models.CASCADE, related_name="losses")
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    outcome = models.CharField(max_length=63)
    on = models.DateField()
    arr = models.DecimalField(max_digits=24, decimal_places=2, null=True)
    owner = models.CharField(max_length=254, blank=True)
    foreseen = models.BooleanField()
    sights = models.JSONField()
    was = models.JSONField()

    class Meta:
        db_table = "loss"
        ordering = ("-on", "id")

    def __str__(self) -> str:
        return f"{self.outcome} of {self.account_id} on {self.on}"
