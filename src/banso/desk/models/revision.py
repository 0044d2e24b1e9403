from django.db import models


class Revision(models.Model):
    """How often the book (accounts, contacts, contracts) has changed: one row, counted up in the
    transaction of each change, so that numbers made from an older book can be told."""

    number = models.BigIntegerField(default=0)

    class Meta:
        db_table = "revision"

    def __str__(self) -> str:
        return str(self.number)
