"""Step 5, plays: those that alerts have asked for are entered, and all that go on take the steps
that the day allows."""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from banso.core.definitions import Definitions
from banso.core.plays.machine import Facts
from banso.desk.services.play_world import World
from banso.desk.services.plays import going, step_run
from banso.pipeline.business_days import business_day_after, office_time, quiet_until
from banso.store import crash


def world(definitions: Definitions, *, day: date, facts: Mapping[str, Facts]) -> World:
    """facts: by account key, as of `day`; empty between runs, and then no condition is judged."""
    return World(
        day=day,
        plays=definitions.plays,
        due=lambda after, days: business_day_after(definitions, after, days),
        facts=facts,
        quiet_until=quiet_until(definitions, datetime.now(tz=UTC)),
        templates=definitions.templates,
        organisation=definitions.organisation.name,
        mail_days=definitions.organisation.mail_days,
        sends=lambda at: office_time(definitions, at),
    )


def step_plays(definitions: Definitions, *, day: date, facts: Mapping[str, Facts]) -> int:
    """After a run; how many runs of plays were looked at. Each is a transaction of its own: what
    was cut off goes on where it stood, the next time `banso run` is called."""
    return step_all(going(), world(definitions, day=day, facts=facts))


def step_all(runs: Sequence[int], given: World) -> int:
    """These, and then those that they ask for."""
    waiting, done = deque(runs), 0
    while waiting:
        waiting.extend(step_run(waiting.popleft(), given))
        crash.point("play_stepped")
        done += 1
    return done
