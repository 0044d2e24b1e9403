from django.db import models


class DefinitionSet(models.Model):
    """A set of definitions that was applied: by whom, when, why. The newest one is in force.

    on_screen: the draft of a rule was switched on, so the folder that was applied last does not
    have all of it.
    """

    fingerprint = models.CharField(max_length=64)
    metadata_fingerprint = models.CharField(max_length=64)
    files = models.JSONField()
    applied_at = models.DateTimeField(auto_now_add=True)
    applied_by = models.CharField(max_length=200)
    why = models.TextField(blank=True)
    on_screen = models.BooleanField(db_default=False)

    class Meta:
        db_table = "definition_set"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.fingerprint
