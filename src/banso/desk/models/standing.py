from collections.abc import Mapping

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast, Coalesce

from banso.desk.models.account import Account

URGENCY: Mapping[str, int] = {"at_risk": 0, "watch": 1, "unmeasured": 2, "healthy": 3, "": 4}
"""Order of the colours in lists; empty: on no journey."""

AMOUNT = Cast(F("arr"), models.FloatField())
"""For sorting only: comparing floats costs a fraction of comparing decimals."""
STAKE = Coalesce(AMOUNT * Value(-1.0), Value(1.0))
"""Ascending: the most ARR first, unmeasured last. (No ARR is negative.)"""
UNSCORED = 101.0
WORST = Coalesce(F("score"), Value(UNSCORED))
"""Ascending: the lowest score first, unmeasured last."""


class Standing(models.Model):
    """Where an account stands on a journey as of the newest run: what lists and boards read.

    Rewritten as a whole by every run (what was shown before stays in Assessment). An account
    that is on no journey has one row, with journey, stage and colour empty. lead: the one row of
    the account that a list of accounts shows: its most urgent journey, of several alike the one
    defined first. urgency: order of the colour (URGENCY). position: of the stage in its journey,
    from 0; -1 on no journey. scores: one a week, the last one today's, null where unmeasured.
    trend: score minus that of 28 days before. arr: of the contracts in force, in the
    organisation's currency; ends_on: last day of what has been signed; both null where
    unmeasured. segments: names of those it is in.

    Each index is one order of the list of accounts, walked from either end; `standing_worst` also
    that of scores within a colour.
    """

    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="standings", db_index=False
    )
    journey = models.CharField(max_length=63, blank=True)
    lead = models.BooleanField()
    stage = models.CharField(max_length=63, blank=True)
    position = models.SmallIntegerField()
    days_in_stage = models.IntegerField(null=True)
    overdue = models.BooleanField(null=True)
    score = models.FloatField(null=True)
    confidence = models.FloatField(null=True)
    colour = models.CharField(max_length=10, blank=True)
    urgency = models.SmallIntegerField()
    scores = ArrayField(models.FloatField(null=True))
    trend = models.FloatField(null=True)
    arr = models.DecimalField(max_digits=24, decimal_places=2, null=True)
    seats = models.FloatField(null=True)
    ends_on = models.DateField(null=True)
    segments = ArrayField(models.CharField(max_length=63))

    class Meta:
        db_table = "standing"
        constraints = (
            models.UniqueConstraint(fields=("account", "journey"), name="one_standing_a_journey"),
            models.UniqueConstraint(
                fields=("account",), condition=models.Q(lead=True), name="one_lead_an_account"
            ),
        )
        indexes = (
            models.Index(F("urgency"), STAKE, "account", name="standing_urgent"),
            models.Index(F("urgency"), WORST, "account", name="standing_worst"),
            models.Index(WORST, "account", name="standing_score"),
            models.Index(fields=("confidence", "account"), name="standing_confidence"),
            models.Index(fields=("trend", "account"), name="standing_trend"),
            models.Index(fields=("days_in_stage", "account"), name="standing_days"),
            models.Index(AMOUNT, "account", name="standing_arr"),
            models.Index(fields=("ends_on", "account"), name="standing_ends"),
            GinIndex(fields=("segments",), name="standing_segments"),
            models.Index(
                fields=("journey", "stage", "colour"),
                include=("account", "arr", "overdue"),
                name="standing_board",
            ),
            # counts what a filter leaves. Without it PostgreSQL reads the table from where the last
            # reader stopped, and through all that does not fit
            models.Index(fields=("journey", "urgency"), include=("id",), name="standing_filter"),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.journey}: {self.stage} {self.colour}"


class Measured(models.Model):
    """Every metric of an account as of the newest run, in the order of `Run.metrics`.

    numbers: null where unmeasured or a text. reasons: codes of core.unmeasured.Reason, 0 where
    measured. texts: metric -> its text, for metrics that are one. Rewritten by every run.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="measured")
    numbers = ArrayField(models.FloatField(null=True))
    reasons = ArrayField(models.SmallIntegerField())
    texts = models.JSONField(default=dict)

    class Meta:
        db_table = "measured"

    def __str__(self) -> str:
        return f"metrics of {self.account_id}"
