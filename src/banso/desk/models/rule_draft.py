from django.db import models
from django.db.models.functions import Now

from banso.desk.models.definition_set import DefinitionSet
from banso.desk.models.member import Member


class DraftEnd(models.TextChoices):
    """What became of a version of a draft."""

    REPLACED = "replaced"
    SWITCHED_ON = "switched_on"
    DROPPED = "dropped"


class DraftKind(models.TextChoices):
    RULE = "rule"
    PLAY = "play"


class RuleDraft(models.Model):
    """One saved version of the draft of a rule, or of a play; the one that has not ended is the
    draft. Never deleted.

    kind: of which; rule: its name. A play is not replayed: what is asked and compared stays empty.

    text: YAML, as of a definition file. member: who saved it; null: from the command line.
    applied: the set that it became. asked_at: when its replay was last asked for. compared,
    compared_at, fingerprint: what that showed (see pipeline.compared), when, and beside which
    definitions; failed: why there is nothing to show.
    """

    kind = models.CharField(max_length=4, choices=DraftKind.choices, default=DraftKind.RULE)
    rule = models.CharField(max_length=63)
    text = models.TextField()
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(db_default=Now())
    ended = models.CharField(max_length=11, choices=DraftEnd.choices, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    applied = models.ForeignKey(DefinitionSet, null=True, on_delete=models.SET_NULL)
    asked_at = models.DateTimeField(null=True)
    compared = models.JSONField(null=True)
    compared_at = models.DateTimeField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    failed = models.TextField(blank=True)

    class Meta:
        db_table = "rule_draft"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "rule"), condition=models.Q(ended=""), name="one_draft_a_rule"
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.pk}"


class Pause(models.Model):
    """From when on a rule tells nobody; until `ended_at`, null: still. Never deleted.

    Its episodes go on, so that a replay stays what live recorded; the alerts of those that open
    meanwhile wait, and are told once the rule is resumed, if it still holds.
    """

    rule = models.CharField(max_length=63)
    reason = models.TextField()
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "pause"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("rule",), condition=models.Q(ended_at=None), name="one_pause_a_rule"
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} since {self.at}"
