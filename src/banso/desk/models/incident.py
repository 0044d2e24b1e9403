from django.db import models

from banso.core.metrics.contract import Fault


class DataIncident(models.Model):
    """A source does not keep what it promised. One is open for a source at most.

    since: the first as_of day whose numbers it spoils; until: the first one that it does not any
    more, null while it is open. fault: the newest one.
    """

    source = models.CharField(max_length=200)
    fault = models.CharField(max_length=20, choices=[(x.value, x.value) for x in Fault])
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "data_incident"
        ordering = ("-opened_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("source",),
                condition=models.Q(closed_at__isnull=True),
                name="one_open_incident_a_source",
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.fault} since {self.since}"
