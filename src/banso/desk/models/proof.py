from django.db import models
from django.db.models.functions import Now

from banso.desk.models.episode import Episode
from banso.desk.models.play_run import PlayRun


class Judgement(models.Model):
    """Whether what was expected of one action came about in time.

    condition, within_days: as the rule or play said then. came, why: see core.value.expectation;
    once it is no longer open it stays as it was told. settled_on: the day as of which it was
    settled. said: whether that is among the facts.
    """

    condition = models.TextField()
    within_days = models.IntegerField()
    due_on = models.DateField()
    came = models.CharField(max_length=11)
    why = models.CharField(max_length=12, blank=True)
    reached_on = models.DateField(null=True)
    settled_on = models.DateField(null=True)
    said = models.BooleanField(db_default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.pk}: {self.came}"


class Expectation(Judgement):
    """Of one alert, told or withheld."""

    episode = models.OneToOneField(
        Episode, on_delete=models.CASCADE, primary_key=True, related_name="expectation"
    )

    class Meta:
        db_table = "expectation"
        indexes = (
            models.Index(
                fields=("episode",), condition=models.Q(came="open"), name="expectation_open"
            ),
            models.Index(
                fields=("episode",),
                condition=models.Q(said=False, came__in=("reached", "not_reached")),
                name="expectation_unsaid",
            ),
        )


class RunExpectation(Judgement):
    """Of one run of a play that entered, whoever began it."""

    run = models.OneToOneField(
        PlayRun, on_delete=models.CASCADE, primary_key=True, related_name="expectation"
    )

    class Meta:
        db_table = "run_expectation"
        indexes = (
            models.Index(
                fields=("run",), condition=models.Q(came="open"), name="run_expectation_open"
            ),
            models.Index(
                fields=("run",),
                condition=models.Q(said=False, came__in=("reached", "not_reached")),
                name="run_expectation_unsaid",
            ),
        )


class Followed(models.Model):
    """Whether the outcome that a rule is there for came about in its time after one alert (told,
    held back or withheld).

    came: `open` until that time is over, also where it has come about already: those to whom it
    happens are known earlier than the others. Then `yes`, `no`, `unmeasured`, or `outside`: it
    could not come about. What is settled stays as long as the rule is judged by `outcome`.
    """

    episode = models.OneToOneField(
        Episode, on_delete=models.CASCADE, primary_key=True, related_name="followed"
    )
    outcome = models.CharField(max_length=63)
    came = models.CharField(max_length=10)
    settled_on = models.DateField(null=True)

    class Meta:
        db_table = "followed"

    def __str__(self) -> str:
        return f"{self.outcome} after {self.episode_id}: {self.came}"


class Effect(models.Model):
    """What a rule or a play changes, as kept last for pages: by what it is judged and of which
    grade.

    rule, play: one of them, the other is empty. target: an outcome's name; empty: what it expects.
    version: of the rule or play. verdict, value, low, high, told: see pipeline.prove; null where
    too little is known.
    """

    rule = models.CharField(max_length=63, blank=True)
    play = models.CharField(max_length=63, blank=True, db_default="")
    target = models.CharField(max_length=63, blank=True)
    grade = models.CharField(max_length=1)
    version = models.CharField(max_length=16)
    as_of = models.DateField()
    made_at = models.DateTimeField(db_default=Now())
    verdict = models.CharField(max_length=12)
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    told = models.JSONField()

    class Meta:
        db_table = "effect"
        constraints = (
            models.UniqueConstraint(
                fields=("rule", "play", "target", "grade"), name="one_effect_a_grade"
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule or self.play} on {self.target or 'expect'}, grade {self.grade}"
