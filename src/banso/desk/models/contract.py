from django.db import models

from banso.desk.models.account import Account


class Contract(models.Model):
    """A contract of an account. In force from `start_on` to `end_on`, both included.

    signed_on: from when it is known (a renewal signed early); null means `start_on`.
    arr: annual recurring revenue in `currency`.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contracts")
    key = models.CharField(max_length=200)
    product = models.CharField(max_length=200, blank=True)
    start_on = models.DateField()
    end_on = models.DateField()
    signed_on = models.DateField(null=True, blank=True)
    seats = models.IntegerField(null=True, blank=True)
    arr = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        db_table = "contract"
        constraints = (
            models.UniqueConstraint(fields=("account", "key"), name="one_contract_a_key"),
        )

    def __str__(self) -> str:
        return self.key
