"""What an account has bought, contract by contract."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from banso.desk.models import Contract
from banso.desk.queries.scope import Scope, within


@dataclass(frozen=True)
class ContractView:
    """In force from `start_on` to `end_on`, both included. signed_on: None where it was not told
    (it is known from its start on). seats, arr: None where unknown; arr also where the reader may
    not see amounts of money."""

    key: str
    product: str
    start_on: date
    end_on: date
    signed_on: date | None
    seats: int | None
    arr: Decimal | None
    currency: str

    def runs_on(self, day: date) -> bool:
        return self.start_on <= day <= self.end_on

    def known_on(self, day: date) -> bool:
        """Signed by then, or begun."""
        return min(self.signed_on or self.start_on, self.start_on) <= day


def account_contracts(scope: Scope, account: int) -> tuple[ContractView, ...]:
    """By product and start. One query."""
    rows = within(scope, Contract.objects.filter(account=account), account="account")
    return tuple(
        ContractView(
            key=x.key,
            product=x.product,
            start_on=x.start_on,
            end_on=x.end_on,
            signed_on=x.signed_on,
            seats=x.seats,
            arr=x.arr if scope.revenue else None,
            currency=x.currency,
        )
        for x in rows.order_by("product", "start_on", "end_on", "key")
    )
