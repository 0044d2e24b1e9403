from django.db import models
from django.db.models.functions import Now

from banso.desk.models.account import Account
from banso.desk.models.member import Member


class Merge(models.Model):
    """One account turned out to be another one: since `at`, until it was split again.

    moved: table -> ids of the rows that went over. renamed: table -> id -> its key before, of those
    whose key the other account had too. ended: table -> ids of the episodes and runs of plays that
    it ended, as the other account had the same going on. member, undone_by: None: from the command
    line.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="merges")
    into = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="merges_here")
    at = models.DateTimeField(db_default=Now())
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    moved = models.JSONField()
    renamed = models.JSONField()
    ended = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "merge"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("account",),
                condition=models.Q(undone_at__isnull=True),
                name="one_merge_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} into {self.into_id}"
