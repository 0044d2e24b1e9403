"""Starting a play by hand: for whom, and who would enter."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from banso.core.definitions import Definitions
from banso.core.definitions.model import Label
from banso.core.plays.in_words import problem_words, reason_words
from banso.desk.queries.plays import Candidate, account_of_key
from banso.desk.queries.scope import Scope
from banso.pipeline.mails import Preview, previews
from banso.pipeline.play_entries import Entry, NobodyMeantError, candidates, entries
from banso.web.account360.labels import segment_label
from banso.web.definitions.places import play_label
from banso.web.house import Look
from banso.web.tags import text

SHOWN = 50


@dataclass(frozen=True)
class For:
    """For whom. segment: '' for none; account: its key, '' for none; neither: accounts with an
    open alert of the rules that start the play."""

    segment: str = ""
    account: str = ""


@dataclass(frozen=True)
class EntryRow:
    """why: it is kept out, '' where it enters."""

    name: str
    address: str
    why: str


@dataclass(frozen=True)
class TextRow:
    """What a step would say. problem: why it can't, '' where it can."""

    step: str
    to: str
    said: Label | None
    problem: str


@dataclass(frozen=True)
class PlayStart:
    """enters, kept_out: how many; rows: at most SHOWN, those who enter first; more: how many
    others. texts: with the data of the account that was named. mistake: nobody is meant by what
    was said."""

    name: str
    label: Label
    asked: For
    segments: Sequence[tuple[str, Label]]
    by_rules: bool
    enters: int
    kept_out: int
    rows: Sequence[EntryRow]
    more: int
    texts: Sequence[TextRow]
    mistake: str


def play_start(
    scope: Scope, look: Look, definitions: Definitions, name: str, asked: For
) -> PlayStart:
    play = definitions.plays[name]
    found: Sequence[Entry] = ()
    mistake = ""
    try:
        chosen = chosen_by(scope, definitions, name, asked)
    except NobodyMeantError:
        mistake = gettext("You see no account with this key.")
    else:
        found = sorted(
            entries(scope, play, chosen, day=look.today), key=lambda x: x.out is not None
        )
    enters = sum(x.out is None for x in found)
    return PlayStart(
        name=name,
        label=play_label(play),
        asked=asked,
        segments=[(key, segment_label(x)) for key, x in definitions.segments.items()],
        by_rules=any(x.play == name for x in definitions.rules.values()),
        enters=enters,
        kept_out=len(found) - enters,
        rows=[_row(x) for x in found[:SHOWN]],
        more=max(len(found) - SHOWN, 0),
        texts=_texts(scope, look, definitions, name, asked),
        mistake=mistake,
    )


def _texts(
    scope: Scope, look: Look, definitions: Definitions, name: str, asked: For
) -> list[TextRow]:
    account = account_of_key(scope, asked.account) if asked.account else None
    if account is None:
        return []
    found = previews(definitions, definitions.plays[name], account, day=look.today)
    return [TextRow(x.step, x.to, x.said, _problem(x)) for x in found]


def _problem(found: Preview) -> str:
    if found.problem is None:
        return ""
    code, name = found.problem
    return text(problem_words({"code": code, "name": name}))


def chosen_by(scope: Scope, definitions: Definitions, name: str, asked: For) -> Sequence[Candidate]:
    accounts = [asked.account] if asked.account else []
    play = definitions.plays[name]
    return candidates(scope, definitions, play, accounts=accounts, segment=asked.segment)


def _row(found: Entry) -> EntryRow:
    kept = found.out
    about = {"until": str(kept.until or ""), "play": kept.play} if kept else None
    return EntryRow(
        name=found.candidate.name,
        address=reverse("account", args=[found.candidate.account]),
        why=text(reason_words(kept.reason, about)) if kept else "",
    )
