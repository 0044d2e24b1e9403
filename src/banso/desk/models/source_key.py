from django.db import models
from django.db.models.functions import Now


class SourceKey(models.Model):
    """With this key an application sends live events as one source. Only its hash is kept.

    start: the key's first characters, by which people tell it from others. rate: events a second
    that are taken with it, in the long run.
    """

    source = models.CharField(max_length=200)
    start = models.CharField(max_length=20, unique=True)
    hash = models.CharField(max_length=64, unique=True)
    rate = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "source_key"
        ordering = ("source", "id")

    def __str__(self) -> str:
        return f"{self.start}… of {self.source}"
