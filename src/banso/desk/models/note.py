from django.db import models

from banso.desk.models.account import Account
from banso.desk.models.member import Member


class NoteKind(models.TextChoices):
    CALL = "call"
    MEETING = "meeting"
    MAIL = "mail"
    OTHER = "other"


class Note(models.Model):
    """What a member writes down about an account: that they talked, and what was said.

    on: the day that it is about, in the organisation's zone. member: null where it was written by
    a call of nobody who is still here. said: its fact has been sent to the store; from then on it
    can't be taken back, as numbers may count it. Its text never changes.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="notes")
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=10, choices=NoteKind.choices)
    on = models.DateField()
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    said = models.BooleanField(default=False)

    class Meta:
        db_table = "note"
        ordering = ("-on", "-id")
        indexes = (
            models.Index(fields=("account", "-on", "-id"), name="note_of_account"),
            models.Index(fields=("id",), condition=models.Q(said=False), name="note_unsaid"),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.on}: {self.kind}"
