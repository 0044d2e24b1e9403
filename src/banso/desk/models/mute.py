from django.db import models

from banso.desk.models.account import Account
from banso.desk.models.member import Member


class Mute(models.Model):
    """Alerts of a rule that nobody wants until a day; of one account, or (null) of all.

    reason: why, always said. ended_at: taken back before its day. Never deleted.
    """

    rule = models.CharField(max_length=63)
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE)
    until = models.DateField()
    reason = models.TextField()
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mute"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.rule} until {self.until}"
