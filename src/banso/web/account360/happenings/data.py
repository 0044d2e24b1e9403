"""What the vendor's own systems told: contracts, attributes, records, first uses, who left."""

from datetime import datetime, timedelta

from django.utils.translation import gettext

from banso.desk.queries.timeline_entries import AttributeChange, ContractStep, Left
from banso.pipeline.timeline import FirstTime, RecordTold
from banso.web.account360.happenings.teller import Detail, Happening, Teller, tell
from banso.web.tags import day, money, number


@tell.register
def _contract(what: ContractStep, teller: Teller, _at: datetime) -> Happening:
    x = what.contract
    product = teller.called("product", x.product)
    name = f"{x.key} ({product})" if product else x.key
    titles = {
        "signed": gettext("Contract signed: %(contract)s"),
        "begins": gettext("Contract begins: %(contract)s"),
        "ends": gettext("Last day of the contract: %(contract)s"),
    }
    details = [gettext("%(first)s to %(last)s") % {"first": day(x.start_on), "last": day(x.end_on)}]
    if x.seats is not None:
        details.append(gettext("Seats: %(n)s") % {"n": number(x.seats)})
    if x.arr is not None:
        currency = x.currency or teller.visit.definitions.organisation.currency
        details.append(gettext("ARR: %(amount)s") % {"amount": money(x.arr, currency)})
    return Happening(
        icon="license",
        kind="",
        title=titles[what.step] % {"contract": name},
        address=teller.page("account_contracts"),
        details=[Detail(", ".join(details))],
    )


@tell.register
def _attribute(what: AttributeChange, teller: Teller, at: datetime) -> Happening:
    name = teller.called("attribute", what.name)
    said = {"name": name, "before": what.before, "value": what.value}
    title = gettext("%(name)s: %(before)s → %(value)s")
    if what.before is None:
        title = gettext("%(name)s: %(value)s")
    return Happening(
        "id", "", title % said, address=teller.why(f"attribute.{what.name}", at.date())
    )


@tell.register
def _left(what: Left, teller: Teller, _at: datetime) -> Happening:
    said = {"name": what.name, "role": what.role}
    title = gettext("%(name)s left")
    if what.role:
        title = gettext("%(name)s left (%(role)s)")
    return Happening("user-off", "", title % said, address=teller.page("account_users"))


@tell.register
def _record(what: RecordTold, teller: Teller, at: datetime) -> Happening:
    metric = teller.reader(what.kind)
    title = teller.called("record", what.kind)
    if what.value is not None:
        said = {"kind": title, "value": number(what.value, 2)}
        title = gettext("%(kind)s: %(value)s") % said
    details = [teller.who(what.user)] if what.user else []
    return Happening(
        icon="clipboard-list",
        kind="",
        title=title,
        address=teller.why(metric, at.date() + timedelta(days=1)) if metric else "",
        time=_time(at),
        details=[Detail(x) for x in details],
        properties=[(teller.called("properties", x), value) for x, value in what.properties],
    )


@tell.register
def _first(what: FirstTime, teller: Teller, at: datetime) -> Happening:
    known = not _older_than_data(teller)
    said = {"feature": teller.called("feature", what.feature)}
    if not what.feature:
        title = gettext("First use of all") if known else gettext("First use in the data")
    elif known:
        title = gettext("First use of the feature %(feature)s") % said
    else:
        title = gettext("First use of the feature %(feature)s in the data") % said
    product = teller.called("product", what.product)
    details = [x for x in (product, teller.who(what.user)) if x]
    return Happening(
        icon="sunrise",
        kind="",
        title=title,
        address=teller.page("account_users"),
        time=_time(at),
        details=[Detail(", ".join(details))] if details else (),
    )


def _older_than_data(teller: Teller) -> bool:
    """The account had begun before the first fact of all: then its first use is not known."""
    one = teller.visit.one
    begun = [one.desk.started_on] if one.desk.started_on else []
    begun += [x.start_on for x in one.inputs.book.contracts.get(one.number, ())]
    return any(day < one.calendar.first for day in begun)


def _time(at: datetime) -> str:
    """A record of a whole day has midnight: no time is known of it."""
    return "" if (at.hour, at.minute, at.second) == (0, 0, 0) else f"{at:%H:%M}"
