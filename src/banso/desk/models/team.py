from django.db import models


class Team(models.Model):
    """Members who look after accounts together; a member with reach `team` sees all of them."""

    name = models.CharField(max_length=100, unique=True)

    class Meta:
        db_table = "team"

    def __str__(self) -> str:
        return self.name
