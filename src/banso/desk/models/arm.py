from django.db import models

from banso.desk.models.account import Account
from banso.desk.models.episode import Episode


class Arm(models.Model):
    """Into which arm an account was drawn for a rule or a play, once and for good.

    rule, play: one of them, the other is empty. share: of the holdout at that time. stratum: health
    and segments on the day. figures: `score` and `arr` of that day, null where unmeasured; null as
    a whole for those drawn before they were kept. version: of the rule or play (core.value.arms).
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, db_index=False)
    rule = models.CharField(max_length=63, blank=True)
    play = models.CharField(max_length=63, blank=True, db_default="")
    held_out = models.BooleanField()
    drawn_on = models.DateField()
    share = models.FloatField()
    stratum = models.TextField()
    figures = models.JSONField(null=True)
    version = models.CharField(max_length=16)

    class Meta:
        db_table = "arm"
        constraints = (
            models.UniqueConstraint(fields=("account", "rule", "play"), name="one_arm_for_ever"),
        )

    def __str__(self) -> str:
        return (
            f"{self.account_id} {self.rule or self.play}: {'held out' if self.held_out else 'told'}"
        )


class Withheld(models.Model):
    """What the alert of a held-out account would have told. There is no Alert beside it: so no
    page, message, digest or play can tell it, whatever it reads. Fields as of Alert.

    because: `lot`: held out; `not_yet`: the rule is rolled out by stages, and not yet to it."""

    episode = models.OneToOneField(Episode, on_delete=models.CASCADE, related_name="withheld")
    because = models.CharField(max_length=7, db_default="lot")
    priority = models.CharField(max_length=6)
    label = models.JSONField()
    action = models.JSONField()
    why = models.JSONField()
    arr = models.DecimalField(max_digits=24, decimal_places=2, null=True)
    fingerprint = models.CharField(max_length=64)
    generation = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "withheld"

    def __str__(self) -> str:
        return f"{self.episode} (held out)"
