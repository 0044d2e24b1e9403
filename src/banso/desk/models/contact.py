from django.db import models

from banso.desk.models.account import Account


class Contact(models.Model):
    """A person at an account. `user` is the person's key in usage data, where there is one.

    introduced: made by the product itself (identify calls), not by a file or a person. told_at: of
    the newest identify call that has told of them.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contacts")
    key = models.CharField(max_length=200)
    user = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    role = models.CharField(max_length=100, blank=True)
    left_on = models.DateField(null=True, blank=True)
    introduced = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "contact"
        constraints = (
            models.UniqueConstraint(fields=("account", "key"), name="one_contact_a_key"),
        )

    def __str__(self) -> str:
        return self.name or self.key


class ContactRole(models.Model):
    """The role that a contact has had from a day on, '' where none any more. The first one that is
    known counts for all days before it, too; `Contact.role` is the newest."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=100, blank=True)
    valid_from = models.DateField()

    class Meta:
        db_table = "contact_role"
        constraints = (
            models.UniqueConstraint(
                fields=("contact", "valid_from"), name="one_role_a_day_and_contact"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} since {self.valid_from}"
