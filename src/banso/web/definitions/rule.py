"""The page of one rule: when it speaks, what it asks for, and what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from banso.core.definitions import Definitions
from banso.core.definitions.excerpt import Excerpt
from banso.core.definitions.model import Label, Rule
from banso.core.expressions import fields
from banso.core.health.in_words import requirements
from banso.core.rules.precision import Share as Found
from banso.desk.models import AlertState, RuleDraft
from banso.desk.queries.drafts import draft_of_rule
from banso.desk.queries.mutes import Muted, mutes
from banso.desk.queries.pauses import Paused, pauses
from banso.desk.queries.proof import arm_sizes, effects_of, expectations_of
from banso.desk.queries.rules import RuleHistory, found_useful, rule_history
from banso.desk.queries.scope import Scope
from banso.web.account360.labels import segment_label
from banso.web.definitions.places import Place, defined, named, rule_label, written
from banso.web.definitions.replayed import Replayed, replayed
from banso.web.house import Look, zone_of
from banso.web.tags import day, number, short_day
from banso.web.today.rows import reason_words
from banso.web.value.page import RuleRow, rule_row

STATES = (AlertState.OPEN, AlertState.SNOOZED, AlertState.DONE, AlertState.NOT_USEFUL)


@dataclass(frozen=True)
class Share:
    word: str
    alerts: int
    share: float


@dataclass(frozen=True)
class RulePage:
    """requirements: what must all be true, in words. pace: how it opens and closes, in words.
    play: that it starts. expect: what should come true within expect_days, in words. rollout:
    stages in their order. arms: accounts
    drawn to be told and held out, for those only who may know. replayed: None where not replayed
    yet. paused_at, draft_at: in the organisation's zone. history and what follows: None and empty
    before the first run."""

    name: str
    label: Label
    description: Label | None
    action: Label
    priority: str
    when: str
    requirements: Sequence[Label]
    pace: Sequence[str]
    names: Sequence[Place]
    play: Place | None
    excerpt: Excerpt | None
    replayed: Replayed | None
    mutes: Sequence[Muted]
    paused: Paused | None
    paused_at: datetime | None
    draft: RuleDraft | None
    draft_at: datetime | None
    history: RuleHistory | None
    useful: Found | None
    address: str
    chart: Mapping[str, Any] | None
    table: tuple[Sequence[str], Sequence[Sequence[str]]] | None
    states: Sequence[Share]
    reasons: Sequence[Share]
    value: RuleRow
    expect: Sequence[Label]
    expect_days: int
    rollout: Sequence[tuple[Label, date]]
    arms: tuple[int, int] | None
    may_operate: bool


def rule_page(
    scope: Scope, look: Look, definitions: Definitions, name: str, asked: Mapping[str, str]
) -> RulePage:
    """asked: parameters of the address; see `replayed`."""
    rule = definitions.rules[name]
    history = rule_history(scope, name, look.run) if look.run else None
    zone = zone_of(definitions)
    paused, draft = pauses().get(name), draft_of_rule(name)
    own = reverse("definition_rule", args=(name,))
    return RulePage(
        name=name,
        label=rule_label(rule),
        description=rule.description,
        action=rule.action,
        priority=rule.priority,
        when=" ".join(rule.when.split()),
        requirements=requirements(definitions, rule.when),
        pace=_pace(rule),
        names=named(definitions, sorted(fields(definitions.condition(rule.when).root))),
        play=defined(definitions, "play", rule.play) if rule.play else None,
        excerpt=written("rule", name),
        replayed=replayed(scope, definitions, name, asked=asked, address=own),
        mutes=[x for x in mutes(scope, today=look.today) if x.rule == name],
        paused=paused,
        paused_at=paused.at.astimezone(zone) if paused else None,
        draft=draft,
        draft_at=draft.at.astimezone(zone) if draft else None,
        history=history,
        useful=found_useful(scope, look.run).get(name) if look.run else None,
        address=f"{reverse('today')}?{urlencode({'rule': name})}",
        chart=_chart(history) if history and history.opened else None,
        table=_table(history) if history and history.opened else None,
        states=_states(history) if history else (),
        reasons=_reasons(history) if history else (),
        value=rule_row(definitions, rule, expectations_of(scope, name), effects_of(name)),
        expect=requirements(definitions, rule.expect.condition) if rule.expect else (),
        expect_days=rule.expect.within_days if rule.expect else 0,
        rollout=[(_segment(definitions, x.segment), x.begins) for x in rule.rollout],
        arms=arm_sizes(scope).get(name) if scope.operates else None,
        may_operate=scope.operates,
    )


def _segment(definitions: Definitions, name: str) -> Label:
    segment = definitions.segments.get(name)
    return segment_label(segment) if segment else Label(en=name, ja=name)


def _pace(rule: Rule) -> list[str]:
    held, _, of, *_ = rule.for_.split()
    clear, cooldown = rule.clear_days, rule.cooldown_days
    opens = ngettext(
        "Opens when it held on %(held)s of the last %(of)s day, and holds today",
        "Opens when it held on %(held)s of the last %(of)s days, and holds today",
        int(of),
    )
    closes = ngettext(
        "Closes after %(n)s measured day without it",
        "Closes after %(n)s measured days in a row without it",
        clear,
    )
    rests = ngettext(
        "Then does not open again for %(n)s day",
        "Then does not open again for %(n)s days",
        cooldown,
    )
    told = [opens % {"held": held, "of": of}, closes % {"n": clear}]
    told += [rests % {"n": cooldown}] if cooldown else []
    return [*told, *_whose(rule)]


def _whose(rule: Rule) -> Iterator[str]:
    """Where its alerts are not told to owners on business days, as usual."""
    assign = rule.assign
    if assign is not None and assign.team:
        yield gettext("The members of team %(name)s take turns") % {"name": assign.team}
    elif assign is not None and assign.in_turn:
        yield gettext("%(names)s take turns") % {"names": ", ".join(assign.in_turn)}
    elif assign is not None:
        yield gettext("Its alerts go to %(name)s") % {"name": assign.member}
    if rule.any_time:
        yield gettext("It can't wait: told on days off and in quiet hours too")


def _chart(history: RuleHistory) -> dict[str, Any]:
    return {
        "tooltip": {"trigger": "item"},
        "xAxis": {"type": "category", "data": [short_day(last) for last, _ in history.weeks]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "type": "bar",
                "name": gettext("Alerts"),
                "barCategoryGap": "25%",
                "data": [alerts for _, alerts in history.weeks],
            }
        ],
    }


def _table(history: RuleHistory) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    headings = (gettext("Week to"), gettext("Alerts"))
    return headings, [(day(last), number(alerts)) for last, alerts in history.weeks]


def _states(history: RuleHistory) -> list[Share]:
    """Of all alerts of these weeks, over or not."""
    words = {
        AlertState.OPEN: gettext("Not handled"),
        AlertState.SNOOZED: gettext("Snoozed"),
        AlertState.DONE: gettext("Done"),
        AlertState.NOT_USEFUL: gettext("Not useful"),
    }
    total = max(sum(history.states.values()), 1)
    counts = ((state, history.states.get(state, 0)) for state in STATES)
    return [Share(words[state], n, n / total) for state, n in counts if n]


def _reasons(history: RuleHistory) -> list[Share]:
    words = reason_words()
    total = max(sum(history.reasons.values()), 1)
    most_first = sorted(history.reasons.items(), key=lambda x: -x[1])
    return [Share(words[reason], n, n / total) for reason, n in most_first]
