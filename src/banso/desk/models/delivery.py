import uuid

from django.db import models
from django.db.models.functions import Now

from banso.desk.models.channel import Channel
from banso.desk.models.episode import Alert
from banso.desk.models.member import Member
from banso.desk.models.task import Task


class DeliveryKind(models.TextChoices):
    OPENED = "alert.opened"
    CLOSED = "alert.closed"
    HANDLED = "alert.handled"
    DIGEST = "digest"
    MESSAGE = "play.message"
    STEP = "play.step"
    RUN_STARTED = "play.started"
    RUN_PARKED = "play.parked"
    RUN_RESUMED = "play.resumed"
    RUN_ENDED = "play.ended"
    TASK_OPENED = "task.opened"
    TASK_PASSED = "task.passed"
    TASK_DUE = "task.due"
    TASK_HANDLED = "task.handled"
    TASK_TICKED = "task.ticked"
    MAIL = "customer.mail"
    MAIL_DRAFTED = "mail.drafted"
    MAIL_APPROVED = "mail.approved"
    MAIL_REFUSED = "mail.refused"
    MAIL_WITHDRAWN = "mail.withdrawn"
    MAIL_SENT = "mail.sent"
    MAIL_FAILED = "mail.failed"
    INCIDENT_OPENED = "incident.opened"
    INCIDENT_CLOSED = "incident.closed"
    TEST = "test"


class Delivery(models.Model):
    """One message that a channel owes its receiver: the outbox. Written in the transaction that
    makes it true, sent afterwards, until the receiver has taken it.

    message: its id at the receiver, the same in every attempt. subject: what it is about, once a
    channel. body: frozen as it was then. leased_until: somebody is sending it. delivered_at or
    failed_at ends it: a failed one is a dead letter, which can be replayed. place: where it lies
    at the receiver (Slack: channel and ts), so that it can be changed there.
    """

    message = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=20, choices=DeliveryKind.choices)
    subject = models.CharField(max_length=100)
    alert = models.ForeignKey(Alert, null=True, on_delete=models.CASCADE)
    task = models.ForeignKey(Task, null=True, on_delete=models.CASCADE)
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    body = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    place = models.JSONField(null=True)

    class Meta:
        db_table = "delivery"
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("channel", "subject"), name="one_delivery_a_subject"),
        )
        indexes = (
            models.Index(
                fields=("channel", "due_at"),
                condition=models.Q(delivered_at__isnull=True, failed_at__isnull=True),
                name="delivery_waiting",
            ),
            models.Index(fields=("alert", "channel"), name="delivery_of_alert"),
        )

    def __str__(self) -> str:
        return f"{self.subject} by {self.channel_id}"
