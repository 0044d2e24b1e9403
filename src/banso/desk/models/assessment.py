from django.db import models

from banso.desk.models.account import Account


class Assessment(models.Model):
    """What was known and shown of an account's journey as of a day. Never rewritten: other
    definitions or later facts (another generation) make another row beside it.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="assessments")
    journey = models.CharField(max_length=63)
    as_of = models.DateField()
    fingerprint = models.CharField(max_length=64)
    generation = models.BigIntegerField()
    stage = models.CharField(max_length=63)
    days_in_stage = models.IntegerField()
    overdue = models.BooleanField(null=True)
    score = models.FloatField(null=True)
    confidence = models.FloatField()
    colour = models.CharField(max_length=10)

    class Meta:
        db_table = "assessment"
        constraints = (
            models.UniqueConstraint(
                fields=("account", "journey", "as_of", "fingerprint", "generation"),
                name="one_assessment_a_day_and_version",
            ),
        )
        indexes = (models.Index(fields=("as_of", "fingerprint", "generation")),)

    def __str__(self) -> str:
        return f"{self.journey}: {self.stage} {self.colour} as of {self.as_of}"


class Cause(models.TextChoices):
    DATA = "data"
    RESTATED = "restated"


class Change(models.Model):
    """An account's stage or colour became another on a day.

    cause: `data`: it happened on that day. `restated`: what had been shown before is seen
    otherwise now, because definitions changed or facts came late; `before` is what was shown.
    parts: what made the difference of the score, largest first, as objects with kind, condition,
    label, metric (null where the condition alone decides), amount, before, after; empty where it
    is older than the days that a run explains, or restated.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="changes")
    journey = models.CharField(max_length=63)
    as_of = models.DateField()
    what = models.CharField(max_length=10)
    before = models.CharField(max_length=63)
    after = models.CharField(max_length=63)
    score_before = models.FloatField(null=True)
    score_after = models.FloatField(null=True)
    parts = models.JSONField(default=list)
    cause = models.CharField(max_length=10, choices=Cause.choices, default=Cause.DATA)
    fingerprint = models.CharField(max_length=64)
    generation = models.BigIntegerField()

    class Meta:
        db_table = "change"
        constraints = (
            models.UniqueConstraint(
                fields=("account", "journey", "as_of", "what"),
                condition=models.Q(cause=Cause.DATA),
                name="one_change_a_day",
            ),
            models.UniqueConstraint(
                fields=("account", "journey", "as_of", "what", "fingerprint", "generation"),
                condition=models.Q(cause=Cause.RESTATED),
                name="one_restatement_a_version",
            ),
        )
        indexes = (models.Index(fields=("as_of", "journey"), name="change_by_day"),)

    def __str__(self) -> str:
        return f"{self.what}: {self.before} -> {self.after} on {self.as_of}"
