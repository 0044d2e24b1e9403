"""What members wrote down counts as contact, from the next run on."""

import pytest
from tests.pipeline.one_vendor import HEAD, TODAY, ago, fact, looking, told

from banso.cli.session import Session
from banso.core.definitions import loads
from banso.desk.models import Account, Note, NoteKind
from banso.pipeline.run import run

pytestmark = pytest.mark.django_db(transaction=True)

METRICS = """
metrics:
  - {name: days_since_call, kind: recency, facts: record.note_call}
  - {name: contacts, kind: count, facts: record.note_meeting}
"""


def test_a_run_counts_each_note_once_and_never_what_was_said(session: Session) -> None:
    told(session, events=[fact(ago(60))])
    of = Account.objects.get(key="A1")
    for kind, on in ((NoteKind.CALL, ago(9)), (NoteKind.CALL, ago(3)), (NoteKind.MEETING, ago(5))):
        Note.objects.create(account=of, kind=kind, on=on, text="秘密の話")
    for _ in range(2):
        run(session.store, loads({"all.yaml": HEAD + METRICS}), as_of=TODAY, since=None)
    with looking(session, METRICS) as one:
        values = {x: one.told(x, TODAY).value for x in ("days_since_call", "contacts")}
        records = one.records("time", "action", "properties")
    assert values == {"days_since_call": 3, "contacts": 1}
    assert (records.num_rows, records["properties"].null_count) == (3, 3)
    assert set(Note.objects.values_list("said", flat=True)) == {True}
