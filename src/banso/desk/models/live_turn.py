from django.db import models


class LiveTurn(models.Model):
    """A live judgement that changed something: episodes opened, closed, taken back or reopened
    between two runs.

    as_of: the coming midnight then, whose day was not over. accounts: how many were judged.
    fingerprint, generation: see Run.
    """

    at = models.DateTimeField(auto_now_add=True)
    as_of = models.DateField()
    accounts = models.IntegerField()
    opened = models.IntegerField()
    closed = models.IntegerField()
    taken_back = models.IntegerField()
    reopened = models.IntegerField()
    fingerprint = models.CharField(max_length=64)
    generation = models.BigIntegerField()

    class Meta:
        db_table = "live_turn"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} as of {self.as_of}"
