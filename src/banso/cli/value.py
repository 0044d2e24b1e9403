"""prove and value: what came of what was done, and whether it was us."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from banso.cli.definitions import AsJson
from banso.cli.output import label, out, print_json, table
from banso.cli.review import held_item, held_words, order_item, order_words, print_review
from banso.cli.running import AsOf, progress_bar, refuse_future
from banso.cli.session import Session, open_session
from banso.cli.value_shapes import (
    AfterItem,
    BoardItem,
    DominoItem,
    EffectItem,
    ExpectationsItem,
    HeldBackItem,
    PaceItem,
    RuleValueItem,
)
from banso.cli.words import word
from banso.core.definitions import Definitions
from banso.core.definitions.model import Rule
from banso.core.plays.in_words import play_label
from banso.core.value.because import in_words
from banso.core.value.dominoes import STEPS, By, Dominoes, Pace, Wish
from banso.core.value.told import After
from banso.desk.models import Effect
from banso.desk.queries.decided import latest_run
from banso.desk.queries.judged import expected_of_plays
from banso.desk.queries.members import handles_by_number
from banso.desk.queries.proof import (
    arm_sizes,
    effects_of,
    effects_of_plays,
    play_arm_sizes,
    proven_plays,
)
from banso.desk.queries.proof import proven as proven_rules
from banso.desk.queries.scope import EVERYTHING
from banso.desk.queries.value_figures import Counting
from banso.pipeline.backtest import known
from banso.pipeline.held_back import held_back, was_it_right
from banso.pipeline.prove import prove as prove_all
from banso.pipeline.value_figures import counted

RECENT = timedelta(days=90)


def prove(as_of: AsOf = None) -> None:
    """Judge alerts and runs of plays by what was expected, and keep what each rule changes.

    The worker does so after each run."""
    session = open_session()
    run = latest_run()
    day = as_of.date() if as_of else run.as_of if run else session.today
    refuse_future(day, session)
    with progress_bar("prove") as step:
        found = prove_all(session.store, session.applied(), as_of=day, progress=step)
    said = word("proven_now").format(judged=found.expectations, effects=found.effects)
    out.print(said, soft_wrap=True)


def value(
    rule: Annotated[
        str | None, typer.Argument(help="Name of the rule; default: all", show_default=False)
    ] = None,
    board: Annotated[
        bool, typer.Option("--board", help="How many accounts stand at each of the six dominoes")
    ] = False,
    held: Annotated[
        bool,
        typer.Option("--held-back", help="What the weekly limit held back, and what came after it"),
    ] = False,
    reviewed: Annotated[
        bool,
        typer.Option(
            "--review", help="Which rules and plays to keep, to watch, to retire, and why"
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """What rules and plays change, with the grade of the proof, as `banso prove` kept it."""
    if board + held + reviewed > 1 or (rule and (held or reviewed)):
        raise typer.BadParameter(
            "say one of --board, --held-back, --review; only --board is also of one rule"
        )
    session = open_session()
    if board:
        _board(session, rule, as_json=as_json)
    elif reviewed:
        print_review(session, as_json=as_json)
    elif held:
        _held_back(session, as_json=as_json)
    else:
        _proof(session, rule, as_json=as_json)


def _proof(session: Session, rule: str | None, *, as_json: bool) -> None:
    rules = session.applied().rules
    wanted = [known("rule", rule, rules)] if rule else list(rules.values())
    items = _items(wanted, _counting(session))
    if rule is None:
        items += _play_items(session.applied())
    if as_json:
        print_json(items)
        return
    rows = table("rule", "grade", "target", "verdict", "difference", "arms", "expectations")
    for x in items:
        _print(rows, x)
    out.print(rows)
    for x in items if rule else ():
        _print_reasons(x)
    out.print(word("grades_told"), soft_wrap=True)


def _print_reasons(item: RuleValueItem) -> None:
    """Why a grade is not a better one."""
    for x in item.effects:
        because = x.details.get("because")
        for reason in because if isinstance(because, list) else ():
            said = in_words(reason["code"], reason["number"]).model_dump()
            if told := label(said, ""):
                out.print(f"{x.grade}: {told}", soft_wrap=True)


def _counting(session: Session) -> Counting:
    run = latest_run()
    return counted(EVERYTHING, session.applied(), as_of=run.as_of if run else session.today)


def _items(rules: list[Rule], counting: Counting) -> list[RuleValueItem]:
    sizes, expected = arm_sizes(EVERYTHING), counting.outcomes()
    effects: dict[str, list[Effect]] = {}
    for x in effects_of():
        effects.setdefault(x.rule, []).append(x)
    return [
        RuleValueItem(
            kind="rule",
            rule=x.name,
            label=x.label.model_dump() if x.label else {"en": x.name, "ja": x.name},
            holdout=x.holdout,
            told=sizes.get(x.name, (0, 0))[0],
            held_out=sizes.get(x.name, (0, 0))[1],
            expected=_expected(dict(expected[x.name].told) if x.name in expected else {})
            if x.expect
            else None,
            effects=[_effect(y) for y in effects.get(x.name, ())],
        )
        for x in rules
    ]


def _play_items(definitions: Definitions) -> list[RuleValueItem]:
    sizes, effects = play_arm_sizes(EVERYTHING), effects_of_plays()
    came = expected_of_plays(EVERYTHING)
    return [
        RuleValueItem(
            kind="play",
            rule=x.name,
            label=dict(play_label(x, x.name)),
            holdout=x.holdout,
            told=sizes.get(x.name, (0, 0))[0],
            held_out=sizes.get(x.name, (0, 0))[1],
            expected=_expected(dict(came.get(x.name, {}))) if x.expect else None,
            effects=[_effect(y) for y in effects.get(x.name, ())],
        )
        for x in definitions.plays.values()
        if x.holdout is not None or x.name in effects
    ]


def _expected(counts: dict[str, int]) -> ExpectationsItem:
    every = dict.fromkeys(("reached", "not_reached", "unmeasured", "open"), 0)
    return ExpectationsItem(**(every | counts))


def _effect(kept: Effect) -> EffectItem:
    return EffectItem(
        target=kept.target or None,
        grade=kept.grade,
        verdict=kept.verdict,
        value=kept.value,
        low=kept.low,
        high=kept.high,
        details=kept.told,
    )


def _print(rows: Table, item: RuleValueItem) -> None:
    came = item.expected
    expected = "" if came is None else f"{came.reached} / {came.reached + came.not_reached}"
    arms = f"{item.told} / {item.held_out}" if item.told + item.held_out else ""
    name = escape(label(item.label, item.rule))
    for x in item.effects:
        target = word("health") if x.grade == "D" else x.target or word("expectation")
        rows.add_row(
            *(name, x.grade, target, word(f"effect.{x.verdict}"), _range(x), arms, expected)
        )
        name, arms, expected = "", "", ""
    if not item.effects:
        rows.add_row(name, "", "", word("no_effect_kept"), "", arms, expected)


def _range(x: EffectItem) -> str:
    if x.value is None or x.low is None or x.high is None:
        return ""
    return f"{x.value * 100:+.1f} pt ({x.low * 100:+.1f} – {x.high * 100:+.1f})"


def _board(session: Session, rule: str | None, *, as_json: bool) -> None:
    if rule:
        known("rule", rule, session.applied().rules)
    counting = _counting(session)
    until = counting.figures.as_of
    wish = Wish(
        since=until - RECENT + timedelta(days=1),
        until=until,
        rule=rule or "",
        proven=proven_rules(),
        proven_plays=proven_plays(),
    )
    dominoes = counting.dominoes(wish)
    owners, found = handles_by_number(), dominoes.pace()
    shape = BoardItem(
        since=wish.since,
        until=wish.until,
        held=held_item(counting.figures),
        total=DominoItem(**vars(dominoes.fallen()), pace=None),
        pace=_pace(found),
        rules=_parts(dominoes, "rule"),
        plays=_parts(dominoes, "play"),
        owners={owners.get(int(k), ""): x for k, x in _parts(dominoes, "owner").items()},
        segments=_parts(dominoes, "segment"),
        months={k[:7]: x for k, x in _parts(dominoes, "month").items()},
    )
    if as_json:
        print_json(shape)
    else:
        _print_board(shape)


def _held_back(session: Session, *, as_json: bool) -> None:
    counting = _counting(session)
    found = held_back(counting)
    items = [
        HeldBackItem(month=f"{x.month:%Y-%m}", held_back=_after(x.held_back), told=_after(x.told))
        for x in found
    ]
    if as_json:
        print_json(items)
        return
    columns = ("alerts", "right", "wrong", "still_open", "unmeasured")
    rows = table("month", "", *columns, right=columns)
    for x in items:
        rows.add_row(x.month, word("held_back"), *(f"{n:,}" for n in vars(x.held_back).values()))
        rows.add_row("", word("told_in_time"), *(f"{n:,}" for n in vars(x.told).values()))
    out.print(rows)
    out.print(order_words(order_item(was_it_right(found))), soft_wrap=True)
    out.print(word("held_back_told"), soft_wrap=True)
    out.print(held_words(held_item(counting.figures)), soft_wrap=True)


def _after(found: After) -> AfterItem:
    return AfterItem(**vars(found))


def _parts(dominoes: Dominoes, by: By) -> dict[str, DominoItem]:
    """Most accounts first."""
    found, paces = dominoes.by(by), dominoes.paces(by)
    ordered = sorted(found.items(), key=lambda x: (-x[1].flagged, str(x[0])))
    whole = {"accounts": None, "measured": None}
    return {str(key): DominoItem(**(vars(x) | whole), pace=_pace(paces[key])) for key, x in ordered}


def _pace(found: Pace) -> PaceItem:
    return PaceItem(**vars(found), slowest=found.slowest)


def _print_board(shape: BoardItem) -> None:
    out.print(f"{shape.since} – {shape.until}")
    out.print(held_words(shape.held), soft_wrap=True)
    columns = (*STEPS, "left_alone", "held_back")
    rows = table("", *columns, "slowest", right=columns)
    rows.add_row(word("all"), *_cells(shape.total))
    for name, x in shape.rules.items():
        rows.add_row(escape(name), *_cells(x))
    for name, x in shape.plays.items():
        rows.add_row(f"{word('play')}: {escape(name)}", *_cells(x))
    out.print(rows)
    steps = shape.pace.model_dump(exclude={"slowest"})
    told = {k: word("unmeasured") if x is None else f"{x:.1f}" for k, x in steps.items()}
    slowest = word(shape.pace.slowest) if shape.pace.slowest else word("unmeasured")
    out.print(word("pace_told").format(**told, slowest=slowest), soft_wrap=True)
    if shape.total.by_hand:
        out.print(word("by_hand_told").format(**vars(shape.total)), soft_wrap=True)


def _cells(x: DominoItem) -> list[str]:
    counts = (x.accounts, x.measured, x.flagged, x.decided, x.acted, x.reached)
    told = ["" if n is None else f"{n:,}" for n in (*counts, x.held_out, x.held_back)]
    step = x.pace.slowest if x.pace else None
    days = getattr(x.pace, step) if step else 0
    return [*told, word("slowest_days").format(step=word(step), days=f"{days:.1f}") if step else ""]
