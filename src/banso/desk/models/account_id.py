from django.db import models
from django.db.models.functions import Now

from banso.desk.models.account import Account


class AccountId(models.Model):
    """Another id by which an account is known elsewhere. name: the attribute that said so, such as
    `crm_id`. An id belongs to one account, whatever its name: rows and events name accounts by the
    value alone."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="ids")
    name = models.CharField(max_length=100)
    value = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "account_id"
        ordering = ("name", "value")

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
