"""Simulate Kaede Software (楓ソフトウェア): eighteen months of a Japanese SaaS vendor's customers.

    python examples/kaede/simulate.py --out DIR --seed 7

Needs numpy and pyarrow only. The same seed gives the same files, byte for byte.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

_HERE = Path(__file__).resolve().parent
if str(_HERE) not in sys.path:  # run as a script, loaded by its path, or from the installed wheel
    sys.path.append(str(_HERE))

from kaede_simulation import days, files  # noqa: E402  (found only after the line above)
from kaede_simulation.accounts import Account, draw_accounts  # noqa: E402
from kaede_simulation.contracts import Contract, contracts  # noqa: E402
from kaede_simulation.people import (  # noqa: E402
    Contact,
    User,
    contacts,
    share_with_sister,
    users,
)
from kaede_simulation.records import Record, records, trainings  # noqa: E402
from kaede_simulation.truths import Truth, truths  # noqa: E402
from kaede_simulation.usage import Climate, as_table, product_usage  # noqa: E402

FIRST = days.FIRST
AS_OF = days.END
"""The day as of which everything simulated is known: 1 October 2026."""


@dataclass(frozen=True)
class Summary:
    """What has been written."""

    accounts: int
    events: int
    records: int
    truths: int


@dataclass
class _Vendor:
    """All rows, gathered account by account."""

    events: list[pa.Table] = field(default_factory=list)
    contacts: list[tuple[Account, Contact]] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)


def simulate(*, out: Path, seed: int = 7) -> Summary:
    """Write the vendor's files to a folder, which is made if it is not there."""
    accounts = draw_accounts(seed)
    members = [users(account, seed) for account in accounts]
    climate = Climate.of_japan()
    vendor = _Vendor()
    for account in accounts:
        own = members[account.number]
        if account.group is not None:
            own = share_with_sister(own, members[account.group])
        _add(vendor, account=account, members=own, climate=climate, seed=seed)
    out.mkdir(parents=True, exist_ok=True)
    files.write_accounts(out / "accounts.csv", accounts)
    files.write_contacts(out / "contacts.csv", vendor.contacts)
    files.write_contracts(out / "contracts.csv", vendor.contracts)
    vendor.records.sort(key=lambda record: record.day)
    files.write_records(out / "records.csv", vendor.records)
    files.write_truths(out / "truth.csv", vendor.truths)
    files.copy_mappings(_HERE, out)
    events = files.write_events(out / "events.parquet", vendor.events)
    return Summary(len(accounts), events, len(vendor.records), len(vendor.truths))


def _add(
    vendor: _Vendor, *, account: Account, members: list[User], climate: Climate, seed: int
) -> None:
    known = contacts(account, members, seed)
    held = trainings(account, seed)
    ledger = contracts(account, seed)
    dated = records(account, members, known, held, seed)
    vendor.contacts += [(account, contact) for contact in known]
    vendor.contracts += ledger
    vendor.records += dated
    vendor.truths += truths(account, members, ledger, dated)
    if account.case == "on_prem":  # their logs stay behind their own walls
        return
    used = []
    for product in account.products:
        crew = [user for user in members if user.product == product.name]
        usage = product_usage(
            account=account,
            product=product,
            crew=crew,
            trainings=held,
            climate=climate,
            seed=seed,
        )
        used.append((usage, crew))
    vendor.events.append(as_table(account, used))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--seed", type=int, default=7, help="another seed, other companies")
    chosen = parser.parse_args(arguments)
    written = simulate(out=chosen.out, seed=chosen.seed)
    print(
        f"{written.accounts} accounts, {written.events:,} events, {written.records:,} records "
        f"and {written.truths} truths in {chosen.out}"
    )


if __name__ == "__main__":
    main()
