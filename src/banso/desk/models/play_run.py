from django.db import models

from banso.desk.models.account import Account
from banso.desk.models.episode import Alert
from banso.desk.models.member import Member


class RunState(models.TextChoices):
    """asked: to be entered at the next look. kept_out: it was not entered, and will not be."""

    ASKED = "asked"
    OPEN = "open"
    PARKED = "parked"
    ENDED = "ended"
    KEPT_OUT = "kept_out"


ACTIVE = (RunState.OPEN, RunState.PARKED)


class PlayRun(models.Model):
    """One account's way through a play, or that it was kept out.

    alert: by which it was asked for; parent, parent_step: the run and its step that started it;
    member: who did by hand. version: the play as it was then (core.definitions.plays), which the
    run keeps; fingerprint: of it. at, since, assignee: see core.plays.machine.State. waits: for
    what it rests there. entered_on, ended_on: days of the run that said so. because: why it ended
    or was kept out. about: more of that (until, play), or the problem for which it is parked
    (code, name); null otherwise.
    """

    play = models.CharField(max_length=63)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="play_runs")
    alert = models.OneToOneField(
        Alert, null=True, on_delete=models.SET_NULL, related_name="play_run"
    )
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE)
    parent_step = models.CharField(max_length=100, blank=True)
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    version = models.JSONField()
    fingerprint = models.CharField(max_length=16)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.ASKED)
    at = models.CharField(max_length=100, blank=True)
    since = models.DateField(null=True)
    assignee = models.CharField(max_length=254, default="owner")
    waits = models.CharField(max_length=12, blank=True)
    entered_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    because = models.CharField(max_length=20, blank=True)
    about = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "play_run"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("play", "account"),
                condition=models.Q(state__in=ACTIVE),
                name="one_run_at_a_time",
            ),
            models.UniqueConstraint(fields=("parent", "parent_step"), name="one_start_a_step"),
        )
        indexes = (
            models.Index(
                fields=("state",),
                condition=models.Q(state__in=(RunState.ASKED, *ACTIVE)),
                name="play_run_going",
            ),
            models.Index(fields=("play", "-id"), name="play_run_by_play"),
        )

    def __str__(self) -> str:
        return f"{self.play} for {self.account_id}: {self.state}"
