"""The six dominoes, and what each rule changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date
from django.urls import reverse
from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label, Rule
from banso.core.definitions.plays import Play
from banso.core.value.dominoes import STEPS, By, Dominoes, Fallen, Key, Pace, Step, Wish
from banso.desk.models import Effect, Run
from banso.desk.queries.briefs import NOBODY
from banso.desk.queries.judged import expected_of_plays
from banso.desk.queries.proof import (
    Outcomes,
    effects_of,
    effects_of_plays,
    proven,
    proven_plays,
)
from banso.desk.queries.scope import Scope
from banso.desk.queries.value_figures import Counting
from banso.web.account360.labels import segment_label
from banso.web.accounts.filters import Choice, Select
from banso.web.board.page import Link
from banso.web.definitions.places import play_label, rule_label
from banso.web.forms.accounts import query_of
from banso.web.forms.alerts import NO_OWNER
from banso.web.forms.value import BYS, Asked, months, parameters_of
from banso.web.house import zone_of
from banso.web.tags import language, text
from banso.web.value.came import CameTrue, came_true
from banso.web.value.words import Told, told

ICONS: Mapping[Step, str] = {
    "accounts": "database",
    "measured": "chart-bar",
    "flagged": "flag",
    "decided": "eye",
    "acted": "checks",
    "reached": "target",
}
SHOWN: tuple[Step, ...] = ("flagged", "decided", "acted", "reached")


@dataclass(frozen=True)
class Reading:
    """Whose page it is, and what it is made from. owners: by id."""

    scope: Scope
    definitions: Definitions
    run: Run
    counting: Counting
    owners: Mapping[int, str]

    @property
    def as_of(self) -> date:
        """The day up to which alerts are counted."""
        return self.counting.figures.as_of


@dataclass(frozen=True)
class Held:
    """As of when figures hold. at, clock: when they were read, in the organisation's zone.
    outdated: by definitions that are in force no more; behind: a run has come since, which is not
    counted yet."""

    as_of: date
    at: datetime
    clock: str
    outdated: bool
    behind: bool


def held(definitions: Definitions, run: Run, counting: Counting) -> Held:
    figures = counting.figures
    at = figures.made_at.astimezone(zone_of(definitions))
    return Held(
        as_of=figures.as_of,
        at=at,
        clock=f"{at:%H:%M}",
        outdated=figures.fingerprint != definitions.fingerprint,
        behind=figures.as_of < run.as_of,
    )


@dataclass(frozen=True)
class Domino:
    """share: of the domino before, None for the first one and where that is none. lost: those who
    stopped before it. days: median from the one before, None where nobody knows."""

    step: Step
    number: int
    word: str
    meaning: str
    icon: str
    accounts: int
    share: float | None
    lost: int
    days: float | None
    slowest: bool


@dataclass(frozen=True)
class Row:
    """cells: as SHOWN, with their share of the first one. slowest: the step that takes longest, and
    its median days; None where no step has been taken."""

    word: str
    address: str
    cells: Sequence[tuple[int, float | None]]
    slowest: tuple[str, float] | None
    held_out: int
    held_back: int
    by_hand: int


@dataclass(frozen=True)
class RuleRow:
    """came: of told alerts. effects: the best grade first."""

    name: str
    label: Label
    holdout: float | None
    duty: bool
    came: CameTrue
    effects: Sequence[Told]

    @property
    def lead(self) -> Sequence[Told]:
        """What a list shows: the best grade that can say something, else the best one."""
        proofs = [x for x in self.effects if x.grade != "D"] or self.effects
        return ([x for x in proofs if x.verdict_code != "too_little"] or proofs)[:1]


@dataclass(frozen=True)
class PlayRow:
    """A play that was entered, or holds accounts out. came: of its runs. effects: as of RuleRow."""

    name: str
    label: Label
    holdout: float | None
    came: CameTrue
    effects: Sequence[Told]


@dataclass(frozen=True)
class Page:
    """tells_by_hand: whether any row has plays begun by hand."""

    address: str
    held: Held
    since: date
    until: date
    selects: Sequence[Select]
    hidden: Mapping[str, str]
    unknown: Sequence[str]
    dominoes: Sequence[Domino]
    fallen: Fallen
    bys: Sequence[Link]
    by: str
    headings: Sequence[str]
    rows: Sequence[Row]
    tells_by_hand: bool
    rules: Sequence[RuleRow]
    plays: Sequence[PlayRow]


def page(reading: Reading, asked: Asked) -> Page:
    since, until = asked.days(reading.as_of)
    wish = Wish(
        since=since,
        until=until,
        rule=asked.rule,
        play=asked.play,
        owner=asked.owner,
        segment=asked.segment,
        proven=proven(),
        proven_plays=proven_plays(),
    )
    dominoes = reading.counting.dominoes(wish)
    found = dominoes.fallen()
    rows = _rows(reading, asked, dominoes)
    return Page(
        address=_address(asked),
        held=held(reading.definitions, reading.run, reading.counting),
        since=since,
        until=until,
        selects=list(_selects(reading, asked)),
        hidden={"by": asked.by} if asked.by != "rule" else {},
        unknown=[f"{name}={value}" for name, value in asked.unknown.items()],
        dominoes=list(_dominoes(found, dominoes.pace())),
        fallen=found,
        bys=_bys(asked),
        by=by_words()[asked.by],
        headings=[step_words()[x][0] for x in SHOWN],
        rows=rows,
        tells_by_hand=any(x.by_hand for x in rows),
        rules=rule_rows(reading, _rules_asked(reading, asked)),
        plays=[] if asked.rule else play_rows(reading.scope, reading.definitions, asked.play),
    )


def _rules_asked(reading: Reading, asked: Asked) -> list[str] | None:
    """Names of those that are shown; of one play the rules that start it. None: all."""
    if asked.rule:
        return [asked.rule]
    if asked.play:
        return [x.name for x in _rules(reading) if x.play == asked.play]
    return None


def step_words() -> Mapping[Step, tuple[str, str]]:
    """In a word, and what is counted."""
    return {
        "accounts": (gettext("Data"), gettext("accounts known")),
        "measured": (gettext("Measured"), gettext("health is known")),
        "flagged": (gettext("Flagged"), gettext("an alert opened")),
        "decided": (gettext("Decided"), gettext("somebody did something about it")),
        "acted": (gettext("Acted"), gettext("an alert, or a task of its play, is done")),
        "reached": (gettext("Came true"), gettext("what was expected happened in time")),
    }


def by_words() -> Mapping[By, str]:
    return {
        "rule": gettext("Rule"),
        "play": gettext("Play"),
        "owner": gettext("Owner"),
        "segment": gettext("Segment"),
        "month": gettext("Month"),
    }


def _dominoes(found: Fallen, paced: Pace) -> Iterator[Domino]:
    before: int | None = None
    words = step_words()
    for at, step in enumerate(STEPS, start=1):
        accounts = found.at(step)
        yield Domino(
            step=step,
            number=at,
            word=words[step][0],
            meaning=words[step][1],
            icon=ICONS[step],
            accounts=accounts,
            share=accounts / before if before else None,
            lost=max(before - accounts, 0) if before is not None else 0,
            days=paced.days.get(step),
            slowest=paced.slowest == step,
        )
        before = accounts


def _rows(reading: Reading, asked: Asked, dominoes: Dominoes) -> list[Row]:
    found, paces = dominoes.by(asked.by), dominoes.paces(asked.by)
    if asked.by == "month":
        ordered = sorted(found.items(), key=lambda x: str(x[0]), reverse=True)
    else:
        ordered = sorted(found.items(), key=lambda x: (-x[1].flagged, str(x[0])))
    return [
        Row(
            word=_named(reading, asked.by, key),
            address=_narrowed(asked, key),
            cells=[(x.at(step), x.at(step) / x.flagged if x.flagged else None) for step in SHOWN],
            slowest=_slowest(paces[key]),
            held_out=x.held_out,
            held_back=x.held_back,
            by_hand=x.by_hand,
        )
        for key, x in ordered
    ]


def _slowest(paced: Pace) -> tuple[str, float] | None:
    step = paced.slowest
    return (step_words()[step][0], paced.days[step]) if step else None


def _named(reading: Reading, by: By, key: Key) -> str:
    definitions = reading.definitions
    if by == "rule":
        rule = definitions.rules.get(str(key))
        return text(rule_label(rule)) if rule else str(key)
    if by == "play":
        play = definitions.plays.get(str(key))
        return text(play_label(play)) if play else str(key)
    if by == "segment":
        segment = definitions.segments.get(str(key))
        return text(segment_label(segment)) if segment else str(key)
    if isinstance(key, date):
        return month_word(key)
    return reading.owners.get(int(str(key)), gettext("No owner"))


def month_word(month: date) -> str:
    pattern = "y年M月" if language() == "ja" else "MMM y"
    return str(format_date(month, pattern, locale=language()))


def _narrowed(asked: Asked, key: Key) -> str:
    """The address of this very part alone."""
    if isinstance(key, date):
        return _address(asked, month=f"{key:%Y-%m}")
    if asked.by == "owner":
        return _address(asked, owner=NO_OWNER if key == NOBODY else str(key))
    return _address(asked, **{asked.by: str(key)})


def _address(asked: Asked, **changed: str) -> str:
    return reverse("value") + query_of(parameters_of(asked), **changed)


def _bys(asked: Asked) -> list[Link]:
    return [
        Link(word, _address(asked, by="" if by == "rule" else by), current=by == asked.by)
        for by, word in ((x, by_words()[x]) for x in BYS)
    ]


def _selects(reading: Reading, asked: Asked) -> Iterator[Select]:
    definitions = reading.definitions
    rules = [Choice(x.name, text(rule_label(x)), x.name == asked.rule) for x in _rules(reading)]
    yield Select("rule", gettext("Rule"), rules)
    plays = [
        Choice(x.name, text(play_label(x)), x.name == asked.play)
        for x in definitions.plays.values()
    ]
    if plays:
        yield Select("play", gettext("Play"), plays)
    segments = [
        Choice(x.name, text(segment_label(x)), x.name == asked.segment)
        for x in definitions.segments.values()
    ]
    if segments:
        yield Select("segment", gettext("Segment"), segments)
    owners = [Choice(str(n), name, n == asked.owner) for n, name in reading.owners.items()]
    if len(owners) > 1:
        nobody = Choice(NO_OWNER, gettext("No owner"), asked.owner == NOBODY)
        yield Select("owner", gettext("Owner"), [*owners, nobody])
    choices = [Choice(f"{x:%Y-%m}", month_word(x), x == asked.month) for x in months(reading.as_of)]
    yield Select("month", gettext("Last 90 days"), choices)


def _rules(reading: Reading) -> list[Rule]:
    return list(reading.definitions.rules.values())


def rule_rows(reading: Reading, wanted: Sequence[str] | None = None) -> list[RuleRow]:
    """wanted: names; None: all."""
    expected = reading.counting.outcomes()
    kept: dict[str, list[Effect]] = {}
    for x in effects_of():
        kept.setdefault(x.rule, []).append(x)
    return [
        rule_row(reading.definitions, x, expected.get(x.name), kept.get(x.name, ()))
        for x in _rules(reading)
        if wanted is None or x.name in wanted
    ]


def play_rows(scope: Scope, definitions: Definitions, wanted: str = "") -> list[PlayRow]:
    """Of plays that were entered, or hold accounts out. wanted: only this one."""
    kept, came = effects_of_plays(), expected_of_plays(scope)
    return [
        play_row(definitions, x, came.get(x.name, {}), kept.get(x.name, ()))
        for x in definitions.plays.values()
        if (x.holdout is not None or x.name in kept) and wanted in {"", x.name}
    ]


def play_row(
    definitions: Definitions, play: Play, came: Mapping[str, int], kept: Sequence[Effect]
) -> PlayRow:
    return PlayRow(
        name=play.name,
        label=play_label(play),
        holdout=play.holdout,
        came=came_true(play.expect, came),
        effects=[told(definitions, x) for x in kept],
    )


def rule_row(
    definitions: Definitions, rule: Rule, expected: Outcomes | None, kept: Sequence[Effect]
) -> RuleRow:
    return RuleRow(
        name=rule.name,
        label=rule_label(rule),
        holdout=rule.holdout,
        duty=rule.duty_of_care,
        came=came_true(rule.expect, expected.told if expected else {}),
        effects=[told(definitions, x) for x in kept],
    )
