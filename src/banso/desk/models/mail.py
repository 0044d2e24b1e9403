from django.db import models
from django.db.models.functions import Now

from banso.desk.models.account import Account
from banso.desk.models.contact import Contact
from banso.desk.models.delivery import Delivery
from banso.desk.models.member import Language, Member
from banso.desk.models.play_run import PlayRun


class MailState(models.TextChoices):
    """approved: it leaves when its day has come. refused: by a member. withdrawn: its run ended
    before it left. unwanted: whom it is for wants no mail any more."""

    DRAFT = "draft"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    UNWANTED = "unwanted"


class Mail(models.Model):
    """What a step of a play writes to one person at the customer; a draft until it is approved.

    to: the address as it was when it was written. step: its key in the run's play. edited: a member
    has changed what the template said. member, decided_at: who approved or refused it; null: a play
    without approval, or the machine. note: why it was refused. delivery: in the outbox, once it is
    approved; whether and when it left stands there.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="mails")
    run = models.ForeignKey(PlayRun, on_delete=models.CASCADE, related_name="mails")
    step = models.CharField(max_length=100)
    contact = models.ForeignKey(
        Contact, null=True, on_delete=models.SET_NULL, related_name="mails", db_index=False
    )
    to = models.CharField(max_length=254)
    language = models.CharField(max_length=2, choices=Language.choices)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    edited = models.BooleanField(default=False)
    made_on = models.DateField()
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.DRAFT)
    member = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    delivery = models.OneToOneField(
        Delivery, null=True, on_delete=models.SET_NULL, related_name="mail"
    )

    class Meta:
        db_table = "mail"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("run", "step", "to"), name="one_mail_a_person"),
        )
        indexes = (
            models.Index(
                fields=("made_on", "id"),
                condition=models.Q(state=MailState.DRAFT),
                name="mail_to_approve",
            ),
            models.Index(fields=("to", "-id"), name="mail_by_address"),
        )

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"


class Unsubscribed(models.Model):
    """An address that wants no mail by plays, of any account. mail: by whose link; null: a member
    has entered it."""

    address = models.CharField(max_length=254, unique=True)
    at = models.DateTimeField(db_default=Now())
    mail = models.ForeignKey(Mail, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "unsubscribed"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.address
