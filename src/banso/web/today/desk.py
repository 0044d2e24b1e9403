"""What a reader's Today rests on."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from banso.core.definitions import Definitions
from banso.desk.models import Run
from banso.desk.queries.briefs import Briefs
from banso.desk.queries.proof import proven_at
from banso.desk.queries.scope import Scope
from banso.desk.queries.to_do import Sifted, Tab, Wanted, sift
from banso.web.today.rows import Clock


@dataclass(frozen=True)
class Desk:
    """What a reader's Today rests on; every page of it begins here. tasks: how many of the tasks
    that are asked for stand in each tab. drafts: mails to customers that wait for approval.
    parked: runs of plays that a problem has stopped."""

    scope: Scope
    definitions: Definitions
    run: Run
    clock: Clock
    found: Briefs
    tasks: Counter[Tab]
    drafts: int = 0
    parked: int = 0

    @cached_property
    def proven(self) -> datetime | None:
        """When `banso prove` last looked whether expectations came true. One query, once."""
        return proven_at()

    @property
    def currency(self) -> str:
        return self.definitions.organisation.currency

    def sifted(self, wanted: Wanted) -> Sifted:
        return sift(self.found, wanted, today=self.clock.today)
