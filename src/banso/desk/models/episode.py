from datetime import date

from django.db import models

from banso.desk.models.account import Account
from banso.desk.models.member import Member

CLEARED, TAKEN_BACK = "cleared", "taken_back"
"""Why an episode closed: it no longer holds; it was said live and did not come true."""


class Episode(models.Model):
    """One span in which a rule held for an account. Open while `closed_on` is null.

    opened_on, closed_on: as_of days. One that is later than the last day that a run has decided was
    said live, of a day that is not over; the run of that day confirms it, or takes it back:
    closed_because `taken_back`, on the day on which it had opened.
    """

    rule = models.CharField(max_length=63)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="episodes")
    journey = models.CharField(max_length=63, blank=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    closed_because = models.CharField(max_length=20, blank=True)

    class Meta:
        db_table = "episode"
        constraints = (
            models.UniqueConstraint(
                fields=("rule", "account", "journey"),
                condition=models.Q(closed_on__isnull=True),
                name="one_open_episode",
            ),
            models.UniqueConstraint(
                fields=("rule", "account", "journey", "opened_on"), name="one_opening_a_day"
            ),
        )
        indexes = (
            models.Index(
                fields=("account",),
                condition=models.Q(closed_on__isnull=True),
                name="episode_open_by_account",
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} for {self.account_id} from {self.opened_on}"


class AlertState(models.TextChoices):
    """What the members have done with an alert."""

    OPEN = "open"
    DONE = "done"
    SNOOZED = "snoozed"
    NOT_USEFUL = "not_useful"


class Alert(models.Model):
    """What an episode told its holder, frozen as it was at that moment.

    assignee: to whom the rule gave it; null: it is the account's owner's, whoever that is by now.
    owner: whose it was when it opened, which counts for the weekly limit.

    why: the evidence, a list of objects (docs: reference/json-output). arr: what was at stake.
    state, until: what members did with it last (`Handling` has all of it); a snoozed alert is back
    from `until` on. An alert whose episode has closed is over, whatever its state. told_on: null
    while the weekly budget holds it back (then it is snoozed, by nobody).
    """

    episode = models.OneToOneField(Episode, on_delete=models.CASCADE, related_name="alert")
    owner = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL)
    assignee = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    priority = models.CharField(max_length=6)
    label = models.JSONField()
    action = models.JSONField()
    why = models.JSONField()
    arr = models.DecimalField(max_digits=24, decimal_places=2, null=True)
    state = models.CharField(max_length=10, choices=AlertState.choices, default=AlertState.OPEN)
    until = models.DateField(null=True)
    told_on = models.DateField(null=True)
    fingerprint = models.CharField(max_length=64)
    generation = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "alert"
        indexes = (
            models.Index(
                fields=("episode", "state"),
                condition=~models.Q(state="open"),
                name="alert_handled",
            ),
            models.Index(fields=("told_on",), name="alert_told"),
        )

    def __str__(self) -> str:
        return str(self.episode)

    @property
    def since(self) -> date:
        """The day from which on people know of it: one that was told live knows the day that was
        not over, whose as_of is the next one."""
        opened_on: date = self.episode.opened_on
        return min(opened_on, self.told_on or opened_on)

    @property
    def holder(self) -> Member | None:
        """Whose it is now."""
        return self.assignee or self.episode.account.owner
