from django.db import models
from django.db.models.functions import Now

from banso.desk.models.member import Language


class ChannelKind(models.TextChoices):
    """customers: the vendor's own mail server, by which plays write to people at customers; what
    tells members leaves it out."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    SLACK = "slack"
    SERVICE = "service"
    LINE_WORKS = "line_works"
    CHATWORK = "chatwork"
    CUSTOMERS = "customers"


class InUse(models.Manager["Channel"]):
    """Not those that were removed; they only stand in the record of what was sent."""

    def get_queryset(self) -> models.QuerySet["Channel"]:
        return super().get_queryset().filter(removed_at=None)


class Channel(models.Model):
    """A way on which alerts and tasks reach people or other software.

    address: where to: the URL of a webhook; an e-mail address or a Slack channel's id, empty: to
    the account's owner in person; a room of Chatwork or LINE WORKS; of a service its name and host,
    for its address is a secret; of `customers` the address that mail comes from. secrets: sealed
    (desk.sealing). least: alerts of this priority and above. digest: one message each morning with
    what there is to do, instead of one an alert. tasks: whether tasks are told, too; to a webhook
    also plays and mails to customers. revenue: whether amounts of money are told. disabled_because:
    what the receiver answered when it became plain that nothing gets through; empty while it is in
    use. stopped: it was disabled by hand, so nothing needs mending.
    resting_until: nothing is sent before, since the last attempt failed. removed_at: it is there no
    more, its secrets are gone and its name is free; what it has sent stays in the record.
    """

    name = models.CharField(max_length=63)
    kind = models.CharField(max_length=10, choices=ChannelKind.choices)
    address = models.CharField(max_length=2_000, blank=True)
    secrets = models.TextField(blank=True)
    least = models.CharField(max_length=6, default="low")
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.EN)
    digest = models.BooleanField(default=False)
    revenue = models.BooleanField(default=False)
    tasks = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_because = models.TextField(blank=True)
    stopped = models.BooleanField(default=False)
    resting_until = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = InUse()
    every = models.Manager["Channel"]()

    class Meta:
        db_table = "channel"
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("name",),
                condition=models.Q(removed_at__isnull=True),
                name="one_channel_a_name",
            ),
        )

    def __str__(self) -> str:
        return self.name
