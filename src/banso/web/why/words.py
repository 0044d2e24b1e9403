"""Plain words for why a number is unmeasured, and what would mend it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from banso.core.definitions.metrics import Metric
from banso.core.metrics.plan import series_of
from banso.core.unmeasured import Reason
from banso.pipeline.because import Because, Code
from banso.pipeline.one_account import OneAccount
from banso.web.tags import day, language, text


@dataclass(frozen=True)
class Unmeasured:
    """why: what made it so. mend: what somebody can do, '' where nothing need be done. command:
    how, '' where no command does it."""

    why: str
    mend: str
    command: str = ""


def unmeasured(one: OneAccount, metric: Metric | None, found: Because) -> Unmeasured:
    """metric: None for contracts and attributes themselves."""
    return _TELL[found.code](one, metric, found)


Tell = Callable[[OneAccount, Metric | None, Because], Unmeasured]


def _source(one: OneAccount, name: str) -> str:
    source = one.definitions.sources.get(name)
    return text(source.label) if source and source.label else name


def _listed(names: Sequence[str]) -> str:
    return ("、" if language() == "ja" else ", ").join(names)


def _not_begun(_one: OneAccount, _metric: Metric | None, _found: Because) -> Unmeasured:
    return Unmeasured(
        gettext("The account had not begun by then: no start, contract or fact lies before it."),
        gettext("Look at a later day, or import the day on which it became a customer."),
    )


def _late(one: OneAccount, _metric: Metric | None, found: Because) -> Unmeasured:
    told = [
        gettext("%(source)s (last fact %(day)s)")
        % {"source": _source(one, x.name), "day": day(x.last_day)}
        for x in found.late
    ]
    return Unmeasured(
        gettext(
            "A source is late: %(sources)s. Until its facts arrive nobody knows whether use has "
            "changed or only its report is missing, so no rule fires from it."
        )
        % {"sources": _listed(told)},
        gettext("Send the missing days. The number appears by itself with the next run."),
        f"banso import {_dataset(_metric)} FILE --source {found.late[0].name}"
        if found.late
        else "",
    )


def _dataset(metric: Metric | None) -> str:
    series = series_of(metric) if metric is not None else None
    return "records" if series and series.filter.facts.startswith("record.") else "events"


def _no_facts(_one: OneAccount, metric: Metric | None, found: Because) -> Unmeasured:
    if found.first is not None:
        why = gettext(
            "No fact that it counts had arrived from any source by then; the first of all accounts "
            "is of %(day)s."
        ) % {"day": day(found.first)}
        return Unmeasured(why, gettext("Look at a later day, or import older facts."))
    return Unmeasured(
        gettext("No fact that it counts has ever arrived, of any account."),
        gettext(
            "Connect the source that sends them. If facts are there under another name, correct "
            "the definition's `where`."
        ),
        f"banso import {_dataset(metric)} FILE --source NAME",
    )


def _not_covered(one: OneAccount, _metric: Metric | None, found: Because) -> Unmeasured:
    sources = _listed([_source(one, name) for name in found.sources])
    return Unmeasured(
        gettext(
            "The source cannot see this account: %(sources)s (its `covers` says so). No use seen "
            "does not mean no use."
        )
        % {"sources": sources},
        gettext("Nothing is wrong. Its first fact from that source would make it measured."),
    )


def _window_too_early(_one: OneAccount, _metric: Metric | None, found: Because) -> Unmeasured:
    return Unmeasured(
        gettext(
            "The window begins on %(start)s, but the first such fact of all accounts is of "
            "%(first)s: part of the window is unknown, and this account is older than the data."
        )
        % {"start": day(found.start), "first": day(found.first)},
        gettext(
            "It is measured once the window lies within the data. Older facts can be imported."
        ),
    )


def _none_yet(_one: OneAccount, _metric: Metric | None, _found: Because) -> Unmeasured:
    return Unmeasured(
        gettext("No such fact of this account is known yet, so nothing can be counted from it."),
        gettext("It is measured from the first one on."),
    )


def _no_number(_one: OneAccount, _metric: Metric | None, _found: Because) -> Unmeasured:
    return Unmeasured(gettext("No fact in the window carries the number, so there is no mean."), "")


def _no_record(_one: OneAccount, _metric: Metric | None, _found: Because) -> Unmeasured:
    return Unmeasured(
        gettext("No such record of this account is known within the window."),
        gettext("It is measured from the first one on."),
    )


def _no_contracts_at_all(_one: OneAccount, _metric: Metric | None, _found: Because) -> Unmeasured:
    return Unmeasured(
        gettext("No contract of any account is known."),
        gettext("Import contracts."),
        "banso import contracts FILE",
    )


def _no_contract(_one: OneAccount, _metric: Metric | None, _found: Because) -> Unmeasured:
    return Unmeasured(
        gettext("No contract that counts was in force on that day."),
        gettext("If there was one, import it."),
        "banso import contracts FILE",
    )


def _amount_unknown(one: OneAccount, _metric: Metric | None, _found: Because) -> Unmeasured:
    return Unmeasured(
        gettext(
            "A contract in force does not tell this amount, or tells it in another currency than "
            "%(currency)s: a part is not the whole, so nothing is added up."
        )
        % {"currency": one.definitions.organisation.currency},
        gettext("Import the contract again with the amount."),
        "banso import contracts FILE",
    )


def _nobody_has_attribute(_one: OneAccount, _metric: Metric | None, found: Because) -> Unmeasured:
    return Unmeasured(
        gettext("No account has the attribute “%(name)s”.") % {"name": found.name},
        gettext("Import accounts with a column of this name."),
        "banso import accounts FILE",
    )


def _no_attribute(_one: OneAccount, _metric: Metric | None, found: Because) -> Unmeasured:
    return Unmeasured(
        gettext("Nothing is known of the attribute “%(name)s” of this account on that day.")
        % {"name": found.name},
        gettext("Import accounts with a column of this name."),
        "banso import accounts FILE",
    )


def _inputs(_one: OneAccount, _metric: Metric | None, _found: Because) -> Unmeasured:
    return Unmeasured(
        gettext("What it is made of was unmeasured itself: see below which part, and follow it."),
        "",
    )


def _too_early(_one: OneAccount, _metric: Metric | None, found: Because) -> Unmeasured:
    return Unmeasured(
        gettext("It compares with %(then)s, before the first data of all (%(first)s).")
        % {"then": day(found.start), "first": day(found.first)},
        gettext("It is measured once enough time has passed. Older facts can be imported."),
    )


def _divided_by_zero(_one: OneAccount, _metric: Metric | None, _found: Because) -> Unmeasured:
    return Unmeasured(gettext("It would have to be divided by zero."), "")


_TELL: Mapping[Code, Tell] = {
    "not_begun": _not_begun,
    "late": _late,
    "no_facts": _no_facts,
    "not_covered": _not_covered,
    "window_too_early": _window_too_early,
    "none_yet": _none_yet,
    "no_number": _no_number,
    "no_record": _no_record,
    "no_contracts_at_all": _no_contracts_at_all,
    "no_contract": _no_contract,
    "amount_unknown": _amount_unknown,
    "nobody_has_attribute": _nobody_has_attribute,
    "no_attribute": _no_attribute,
    "inputs": _inputs,
    "too_early": _too_early,
    "divided_by_zero": _divided_by_zero,
}


def reason_in_words(reason: Reason) -> str:
    """Where no rule can be named: of conditions over several things."""
    return {
        Reason.MEASURED: "",
        Reason.NOT_APPLICABLE: gettext("It does not apply to this account on that day."),
        Reason.BEFORE_FIRST_DATA: gettext("There is no data that far back."),
        Reason.NO_SOURCE: gettext("No source has told anything of it yet."),
        Reason.SOURCE_LATE: gettext("A source that it needs is late."),
    }[reason]
