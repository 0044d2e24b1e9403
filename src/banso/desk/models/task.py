from django.db import models

from banso.desk.models.account import Account
from banso.desk.models.handling import NotUseful
from banso.desk.models.member import Member
from banso.desk.models.play_run import PlayRun


class TaskState(models.TextChoices):
    """withdrawn: its run ended before somebody did it."""

    OPEN = "open"
    DONE = "done"
    SNOOZED = "snoozed"
    NOT_USEFUL = "not_useful"
    WITHDRAWN = "withdrawn"


WAITING = (TaskState.OPEN, TaskState.SNOOZED)


class Task(models.Model):
    """What a step of a play asks somebody to do. Frozen but for state, until, member and ticked.

    member: to whom it was given; null: whoever owns the account. step: its key in the run's play.
    label, instructions: texts by language. checklist: a list of such texts. ticked: which of its
    points (from 0) are done -> by whom (a handle; '' from the command line) and when. until: a
    snoozed one is back from then on.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tasks")
    run = models.ForeignKey(PlayRun, on_delete=models.CASCADE, related_name="tasks")
    step = models.CharField(max_length=100)
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    label = models.JSONField()
    instructions = models.JSONField(null=True)
    link = models.CharField(max_length=2_000, blank=True)
    checklist = models.JSONField(default=list)
    ticked = models.JSONField(default=dict)
    made_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=TaskState.choices, default=TaskState.OPEN)
    until = models.DateField(null=True)

    class Meta:
        db_table = "task"
        ordering = ("due_on", "id")
        constraints = (models.UniqueConstraint(fields=("run", "step"), name="one_task_a_step"),)
        indexes = (
            models.Index(
                fields=("due_on", "id"),
                include=("state", "until"),
                condition=models.Q(state__in=WAITING),
                name="task_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.run_id}:{self.step}"


class TaskHandling(models.Model):
    """One thing that was done with a task. Never changed; an undo is a row too.

    member: by whom; null: by the machine, or from the command line. state, until, given_to: what
    it became; before, before_until, before_given_to: what it was. reason: why it was not useful.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="handlings")
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=TaskState.choices)
    until = models.DateField(null=True)
    given_to = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    before = models.CharField(max_length=10, choices=TaskState.choices)
    before_until = models.DateField(null=True)
    before_given_to = models.ForeignKey(
        Member, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=10, choices=NotUseful.choices, blank=True)
    note = models.TextField(blank=True)
    undoes = models.OneToOneField("self", null=True, on_delete=models.CASCADE)

    class Meta:
        db_table = "task_handling"
        ordering = ("-id",)
        indexes = (models.Index(fields=("at", "task"), name="task_handled_at"),)

    def __str__(self) -> str:
        return f"{self.task_id}: {self.before} -> {self.state}"
