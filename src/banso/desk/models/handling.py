from django.db import models

from banso.desk.models.episode import Alert, AlertState
from banso.desk.models.member import Member


class NotUseful(models.TextChoices):
    """Why an alert was of no use; rules are judged by it."""

    KNOWN = "known"
    WRONG_DATA = "wrong_data"
    NO_ACTION = "no_action"
    OTHER = "other"


class Handling(models.Model):
    """One thing that a member did with an alert. Never changed; an undo is a row too.

    state, until: what the alert became; before, before_until: what it was, so that it can be
    undone. reason: why it was not useful, else empty. undoes: the handling taken back.
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="handlings")
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=AlertState.choices)
    until = models.DateField(null=True)
    before = models.CharField(max_length=10, choices=AlertState.choices)
    before_until = models.DateField(null=True)
    reason = models.CharField(max_length=10, choices=NotUseful.choices, blank=True)
    note = models.TextField(blank=True)
    undoes = models.OneToOneField("self", null=True, on_delete=models.CASCADE)

    class Meta:
        db_table = "handling"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.alert_id}: {self.before} -> {self.state}"
