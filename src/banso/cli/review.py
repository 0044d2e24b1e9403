"""`banso value --review`: which rules and plays to keep, to watch, to retire, and why."""

from rich.markup import escape

from banso.cli.output import label, out, print_json, table
from banso.cli.session import Session
from banso.cli.value_shapes import (
    AfterItem,
    HeldBackRuleItem,
    HeldItem,
    LostItem,
    OrderItem,
    ReviewedItem,
    ReviewItem,
    UnseenItem,
    WhyItem,
)
from banso.cli.words import word
from banso.core.definitions import Definitions
from banso.core.plays.in_words import play_label
from banso.core.value.told import After, Order
from banso.desk.queries.decided import latest_run
from banso.desk.queries.scope import EVERYTHING
from banso.desk.queries.value_figures import Figures
from banso.pipeline.review import Lost, Reviewed, review

ORDER = ("retire", "watch", "keep")


def print_review(session: Session, *, as_json: bool) -> None:
    run, definitions = latest_run(), session.applied()
    found = review(EVERYTHING, definitions, as_of=run.as_of if run else session.today)
    shape = ReviewItem(
        until=found.until,
        held=held_item(found.counting.figures),
        rules=[_item(x) for x in (*found.rules, *found.plays)],
        lost=_lost(found.lost) if found.lost else None,
        held_back_of_rules=[
            HeldBackRuleItem(rule=x.rule, held_back=_after(x.held_back), told=_after(x.told))
            for x in found.held_back_of_rules
        ],
        order=order_item(found.order),
    )
    if as_json:
        print_json(shape)
    else:
        _print(shape, definitions)


def held_item(figures: Figures) -> HeldItem:
    return HeldItem(as_of=figures.as_of, read_at=figures.made_at, definitions=figures.fingerprint)


def order_item(found: Order) -> OrderItem:
    both = {"held_back": _after(found.held_back), "told": _after(found.told)}
    return OrderItem(**(vars(found) | both))


def _after(found: After) -> AfterItem:
    return AfterItem(**vars(found))


def order_words(found: OrderItem) -> str:
    """Whether holding these back was right, in a sentence."""
    held, told = found.held_back, found.told
    judged = held.right + held.wrong
    return word(f"order.{found.verdict}").format(
        n=f"{held.alerts:,}",
        judged=f"{judged:,}",
        right=f"{held.right:,}",
        share=f"{held.right / judged:.0%}" if judged else "-",
        told=f"{told.right / (told.right + told.wrong):.0%}" if told.right + told.wrong else "-",
    )


def held_words(held: HeldItem) -> str:
    """As of when figures hold."""
    return word("figures_held").format(as_of=held.as_of, at=f"{held.read_at:%Y-%m-%d %H:%M %Z}")


def _item(x: Reviewed) -> ReviewedItem:
    return ReviewedItem(
        kind=x.kind,
        rule=x.name,
        where=x.where,
        flagged=x.flagged,
        acted=x.acted,
        precision=x.replayed.precision if x.replayed else None,
        why=[WhyItem(**vars(y)) for y in x.why],
    )


def _lost(found: Lost) -> LostItem:
    unseen = [UnseenItem(account=x.account.key, outcome=x.outcome, on=x.on) for x in found.unseen]
    return LostItem(foreseen=found.foreseen, late=found.late, unseen=unseen)


def _print(shape: ReviewItem, definitions: Definitions) -> None:
    numbers = ("flagged", "acted", "right")
    rows = table("review", "rule", *numbers, "why", right=numbers)
    for where in ORDER:
        for x in (y for y in shape.rules if y.where == where):
            right = "" if x.precision is None else f"{x.precision:.0%}"
            rows.add_row(
                *(word(f"review.{where}"), _named(x, definitions), f"{x.flagged:,}"),
                *(f"{x.acted:,}", right, "\n".join(_why(y) for y in x.why)),
            )
    out.print(rows)
    out.print(order_words(shape.order), soft_wrap=True)
    out.print(held_words(shape.held), soft_wrap=True)
    if shape.lost is None:
        out.print(word("lost_unknown"), soft_wrap=True)
        return
    lost, unseen = shape.lost, shape.lost.unseen
    told = word("lost_told").format(foreseen=lost.foreseen, late=lost.late, unseen=len(unseen))
    out.print(told, soft_wrap=True)
    for one in unseen:
        out.print(f"  {one.on} {escape(one.account)} ({escape(one.outcome)})", soft_wrap=True)


def _named(x: ReviewedItem, definitions: Definitions) -> str:
    if x.kind == "play":
        told = dict(play_label(definitions.plays[x.rule], x.rule))
        return f"{word('play')}: {escape(label(told, x.rule))}"
    known = definitions.rules[x.rule].label
    return escape(label(known.model_dump() if known else None, x.rule))


def _why(x: WhyItem) -> str:
    number = "" if x.number is None else f"{x.number:,.0f}"
    share = "" if x.number is None else f"{x.number:.0%}"
    return word(f"why.{x.code}").format(n=number, share=share)
