from django.db import models
from django.db.models.functions import Now

from banso.desk.models.member import Member


class MemberToken(models.Model):
    """With this a program calls the REST API as one member, with that member's rights. Only its
    hash is kept.

    name: what it is for. start: its first characters, by which people tell it from others.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=200)
    start = models.CharField(max_length=20, unique=True)
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "member_token"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.start}… of {self.member}"
