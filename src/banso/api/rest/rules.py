"""Rules: what each says, how busy it is, how often it was right."""

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router
from ninja.errors import HttpError

from banso.api.rest.door import READ, Caller, caller
from banso.api.rest.rule_shapes import BacktestItem, ReplayTold, RuleItem
from banso.core.definitions.model import Rule
from banso.core.rules.precision import Share
from banso.desk.models import Backtest
from banso.desk.queries.backtests import accounts_named, backtests_of, judged_backtests
from banso.desk.queries.mutes import muted_rules
from banso.desk.queries.pauses import pauses
from banso.desk.queries.rules import RuleFigures, found_useful, rule_figures

router = Router(tags=["rules"])


@router.get("rules", auth=READ, response=list[RuleItem], operation_id="list_rules")
def list_rules(request: HttpRequest) -> list[RuleItem]:
    """The rules in force."""
    seen = caller(request)
    rules = seen.definitions.rules if seen.definitions else {}
    figures = rule_figures(seen.scope, seen.run) if seen.run else {}
    replays = judged_backtests(rules)
    muted = muted_rules(seen.scope, today=seen.today)
    stopped = pauses()
    fingerprint = seen.definitions.fingerprint if seen.definitions else ""
    useful = found_useful(seen.scope, seen.run) if seen.run else {}
    return [
        _item(
            rule,
            figures.get(name, RuleFigures()),
            replays.get(name),
            useful.get(name),
            muted_until=muted.get(name),
            paused_since=stopped[name].at if name in stopped else None,
            outdated=name in replays and replays[name].fingerprint != fingerprint,
        )
        for name, rule in rules.items()
    ]


@router.get(
    "rules/{rule}/backtests", auth=READ, response=list[BacktestItem], operation_id="list_backtests"
)
def list_backtests(request: HttpRequest, rule: str) -> list[BacktestItem]:
    """What replaying it has shown, by outcome; empty until `banso backtest` or the worker did."""
    seen = caller(request)
    if seen.definitions is None or rule not in seen.definitions.rules:
        raise HttpError(404, f"no rule '{rule}'")
    return [_backtest(x, seen) for x in backtests_of(rule)]


def _item(
    rule: Rule,
    figures: RuleFigures,
    judged: Backtest | None,
    useful: Share | None,
    *,
    muted_until: date | None,
    paused_since: datetime | None,
    outdated: bool,
) -> RuleItem:
    said = useful.interval if useful else None
    return RuleItem(
        name=rule.name,
        label=rule.label.model_dump() if rule.label else {"en": rule.name, "ja": rule.name},
        description=rule.description.model_dump() if rule.description else None,
        when=" ".join(rule.when.split()),
        opens=rule.for_,
        clear_days=rule.clear_days,
        cooldown_days=rule.cooldown_days,
        priority=rule.priority,
        any_time=rule.any_time,
        assign=_assign(rule),
        action=rule.action.model_dump(),
        play=rule.play,
        outcome=rule.outcome,
        open=figures.open,
        opened_28d=figures.opened,
        handled_28d=figures.handled,
        not_useful_28d=figures.not_useful,
        precision=judged.precision if judged else None,
        precision_low=judged.low if judged else None,
        precision_high=judged.high if judged else None,
        muted_until=muted_until,
        paused_since=paused_since,
        outdated=outdated,
        useful=useful.value if useful else None,
        useful_low=said.low if said else None,
        useful_high=said.high if said else None,
        useful_said=useful.judged if useful else 0,
    )


def _assign(rule: Rule) -> dict[str, str | list[str]] | None:
    if rule.assign is None:
        return None
    said = rule.assign.model_dump(mode="json", exclude_none=True)
    return {name: value for name, value in said.items() if value}


def _backtest(kept: Backtest, seen: Caller) -> BacktestItem:
    named = accounts_named(seen.scope, [x["account"] for x in kept.told["fired"]])
    fired = [x for x in kept.told["fired"] if x["account"] in named]
    return BacktestItem(
        outcome=kept.outcome or None,
        as_of=kept.as_of,
        fingerprint=kept.fingerprint,
        precision=kept.precision,
        precision_low=kept.low,
        precision_high=kept.high,
        alerts_a_week=kept.weekly,
        told=ReplayTold.model_validate({**kept.told, "fired": fired}),
    )
