"""What stands in the places of a template for an account: its own data, as of a day."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, partial

from babel.dates import format_date
from babel.numbers import format_decimal

from banso.core.definitions.template import ATTRIBUTE, METRIC
from banso.desk.models import Account, AccountAttribute, Contact, Measured, Run

Values = Callable[[str], str | None]
"""What is in a place; None: nothing is known."""


def values_of(
    account: Account, *, organisation: str, day: date, contact: Contact | None = None
) -> Mapping[str, Values]:
    """By language. Attributes count as of `day`; metrics as of the newest run, unmeasured ones are
    not known. Asked of the database when a place first asks; for one account that is in scope."""
    numbers = cache(lambda: _metrics(account))
    attributes = cache(lambda: _attributes(account, day))
    owner = account.owner
    plain = {
        "account.name": str(account),
        "account.key": account.key,
        "owner.name": str(owner) if owner else "",
        "owner.email": owner.email if owner else "",
        "organisation.name": organisation,
        "contact.name": str(contact) if contact else "",
        "contact.email": contact.email if contact else "",
        "contact.role": contact.role if contact else "",
    }

    def value(language: str, place: str) -> str | None:
        if place == "day":
            return format_date(day, "long", locale=language)
        if place.startswith(ATTRIBUTE):
            return attributes().get(place.removeprefix(ATTRIBUTE))
        if place.startswith(METRIC):
            return _shown(numbers().get(place.removeprefix(METRIC)), language)
        return plain.get(place)

    return {x: partial(value, x) for x in ("en", "ja")}


def _attributes(account: Account, day: date) -> dict[str, str]:
    rows = AccountAttribute.objects.filter(account=account, valid_from__lte=day)
    return dict(rows.order_by("valid_from").values_list("name", "value"))


def _metrics(account: Account) -> dict[str, float | str | None]:
    run = Run.objects.order_by("-id").first()
    row = Measured.objects.filter(account=account).first()
    if run is None or row is None:
        return {}
    return {**dict(zip(run.metrics, row.numbers, strict=False)), **row.texts}


def _shown(value: float | str | None, language: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return format_decimal(value, format="#,##0.##", locale=language)
