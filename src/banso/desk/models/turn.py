from django.db import models

from banso.desk.models.account import Account
from banso.desk.models.member import Member


class Turn(models.Model):
    """Which member has the alerts of a rule for an account, where they go in turn (`assign`)."""

    rule = models.CharField(max_length=63)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    since = models.DateField()

    class Meta:
        db_table = "turn"
        constraints = (models.UniqueConstraint(fields=("rule", "account"), name="one_turn"),)

    def __str__(self) -> str:
        return f"{self.rule} for {self.account_id}: {self.member_id}"
