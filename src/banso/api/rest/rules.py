"""Rules: what each says, how busy it is, how often it was right."""

from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.errors import HttpError

from banso.api.rest.door import READ, Caller, caller
from banso.api.rest.shapes import BacktestItem, RuleItem
from banso.core.definitions.model import Rule
from banso.core.rules.precision import Share
from banso.desk.models import Backtest
from banso.desk.queries.backtests import accounts_named, backtests_of, first_backtests
from banso.desk.queries.mutes import mutes
from banso.desk.queries.pauses import pauses
from banso.desk.queries.rules import RuleFigures, found_useful, rule_figures

router = Router(tags=["rules"])


@router.get("rules", auth=READ, response=list[RuleItem], operation_id="list_rules")
def list_rules(request: HttpRequest) -> list[RuleItem]:
    """The rules in force."""
    seen = caller(request)
    rules = seen.definitions.rules if seen.definitions else {}
    figures = rule_figures(seen.scope, seen.run) if seen.run else {}
    kept = first_backtests()
    muted = {
        x.rule: x.until
        for x in sorted(mutes(seen.scope, today=seen.today), key=lambda x: x.until)
        if x.account is None
    }
    stopped = pauses()
    fingerprint = seen.definitions.fingerprint if seen.definitions else ""
    useful = found_useful(seen.scope, seen.run) if seen.run else {}
    return [
        _item(rule, figures.get(name, RuleFigures()), kept.get(name)).model_copy(
            update={
                "muted_until": muted.get(name),
                **_useful(useful.get(name)),
                "outdated": name in kept and kept[name].fingerprint != fingerprint,
                "paused_since": stopped[name].at if name in stopped else None,
            }
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


def _item(rule: Rule, figures: RuleFigures, kept: Backtest | None) -> RuleItem:
    judged = kept if kept is not None and kept.outcome == rule.outcome else None
    return RuleItem(
        name=rule.name,
        label=rule.label.model_dump() if rule.label else {"en": rule.name, "ja": rule.name},
        description=rule.description.model_dump() if rule.description else None,
        when=" ".join(rule.when.split()),
        priority=rule.priority,
        action=rule.action.model_dump(),
        outcome=rule.outcome,
        open=figures.open,
        opened_28d=figures.opened,
        handled_28d=figures.handled,
        not_useful_28d=figures.not_useful,
        precision=judged.precision if judged else None,
        precision_low=judged.low if judged else None,
        precision_high=judged.high if judged else None,
        muted_until=None,
        paused_since=None,
        outdated=False,
        **_useful(None),
    )


def _useful(found: Share | None) -> dict[str, Any]:
    interval = found.interval if found else None
    return {
        "useful": found.value if found else None,
        "useful_low": interval.low if interval else None,
        "useful_high": interval.high if interval else None,
        "useful_said": found.judged if found else 0,
    }


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
        told={**kept.told, "fired": fired},
    )
