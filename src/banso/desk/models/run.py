from django.contrib.postgres.fields import ArrayField
from django.db import models


class Run(models.Model):
    """One pass through the steps: which days, under which definitions, over which facts.

    generation: the store's count of changes to its facts when it was read.
    decided_from .. as_of: the days on which rules were decided; null where none were
    (the days had been decided before). metrics: their names, in the order of `Measured`.
    """

    as_of = models.DateField()
    decided_from = models.DateField(null=True)
    fingerprint = models.CharField(max_length=64)
    generation = models.BigIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    accounts = models.IntegerField()
    opened = models.IntegerField()
    closed = models.IntegerField()
    metrics = ArrayField(models.CharField(max_length=63), default=list)

    class Meta:
        db_table = "run"
        ordering = ("-as_of", "-id")

    def __str__(self) -> str:
        return f"as of {self.as_of}"
