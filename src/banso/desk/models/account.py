from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from banso.desk.models.member import Member


class Account(models.Model):
    """A customer company. `key` is its id in the vendor's own data and in the store.

    grams: single characters and pairs of its name and key, folded (desk.search), for the search.
    """

    key = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=300, blank=True)
    started_on = models.DateField(null=True, blank=True)
    owner = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(auto_now_add=True)
    grams = ArrayField(models.CharField(max_length=2), default=list)

    class Meta:
        db_table = "account"
        indexes = (
            GinIndex(fields=("grams",), name="account_grams"),
            models.Index(fields=("name", "id"), name="account_by_name"),
        )

    def __str__(self) -> str:
        return self.name or self.key


class AccountAttribute(models.Model):
    """What was true of an account from a day on: the newest row up to a date counts then."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="attributes")
    name = models.CharField(max_length=100)
    value = models.TextField()
    valid_from = models.DateField()

    class Meta:
        db_table = "account_attribute"
        constraints = (
            models.UniqueConstraint(
                fields=("account", "name", "valid_from"), name="one_value_a_day_and_attribute"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


class Assignment(models.Model):
    """Who owned an account from when to when (half-open); open-ended while `ended_on` is null."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="assignments")
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "assignment"
        constraints = (
            models.UniqueConstraint(
                fields=("account",),
                condition=models.Q(ended_on__isnull=True),
                name="one_owner_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} -> {self.member_id} from {self.started_on}"
