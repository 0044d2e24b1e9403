from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from banso.desk.models.member import Member


class Unmerged(models.Manager["Account"]):
    """Without those that were merged into another one."""

    def get_queryset(self) -> models.QuerySet["Account"]:
        return super().get_queryset().filter(merged_into__isnull=True)


class Account(models.Model):
    """A customer company. `key` is its id in the vendor's own data and in the store.

    merged_into: the account that it turned out to be; what is there of it is there, but for what
    desk.models.Merge tells. folded: name and key in the one form in which they are sorted and
    searched (desk.search).
    """

    key = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=300, blank=True)
    folded = models.TextField(default="")
    started_on = models.DateField(null=True, blank=True)
    owner = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.SET_NULL, db_index=False
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="merged"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = Unmerged()
    every = models.Manager["Account"]()

    class Meta:
        db_table = "account"
        indexes = (
            models.Index(fields=("folded", "id"), name="account_by_name"),
            models.Index(fields=("owner", "id"), name="account_by_owner"),
        )

    def __str__(self) -> str:
        return self.name or self.key


class AccountGrams(models.Model):
    """The characters and pairs of characters of an account's name and key, by which the search
    finds candidates; `folded`, once more, tells which of them it is. Beside the account, so that
    whoever reads accounts need not carry them."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True)
    folded = models.TextField()
    grams = ArrayField(models.CharField(max_length=2))

    class Meta:
        db_table = "account_grams"
        indexes = (GinIndex(fields=("grams",), name="account_by_gram"),)

    def __str__(self) -> str:
        return f"grams of {self.account_id}"


class AccountAttribute(models.Model):
    """What was true of an account from a day on: the newest row up to a date counts then. source:
    `play:` and its name where a play has set it; '' where a file or the product told it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="attributes")
    name = models.CharField(max_length=100)
    value = models.TextField()
    valid_from = models.DateField()
    source = models.CharField(max_length=80, blank=True, default="")

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
