"""An account under the definitions of another time, with all that is known now: so that what other
definitions changed can be told from what late facts changed."""

from collections.abc import Sequence
from datetime import date

from banso.core.definitions import DefinitionError
from banso.core.health import Assessment
from banso.core.metrics import PlanError
from banso.pipeline.one_account import one_account
from banso.pipeline.session import once_in_force
from banso.store import Store


def assessed_under(
    store: Store, fingerprint: str, *, account: int, as_of: date
) -> Sequence[Assessment] | None:
    """As of a day, as now known. None where no set of that fingerprint is kept, or where it is
    none for this version of Banso any more."""
    try:
        definitions = once_in_force(fingerprint)
        if definitions is None:
            return None
        with one_account(store, definitions, account=account, as_of=as_of) as one:
            return one.assessments(as_of)
    except (DefinitionError, PlanError):
        return None
