"""What the facts tell of an account's history."""

from tests.pipeline.one_vendor import ago, at, fact, looking, told

from banso.cli.session import Session
from banso.pipeline.timeline import FirstTime, Told, properties_of, told_by_facts

METRICS = "metrics: [{name: uses, kind: count}]"


def test_records_are_told_newest_first_with_all_that_is_known_of_them(session: Session) -> None:
    told(
        session,
        events=[fact(ago(9))],
        records=[
            fact(ago(8), "nps", user="ann", value=9.0, properties='{"comment":"良い"}'),
            fact(ago(3), "training"),
            fact(ago(1), "ticket"),
        ],
    )
    with looking(session, METRICS) as one:
        records = told_by_facts(one, until=at(ago(1), hour=0)).records
    assert [(x.kind, x.at, x.user, x.value, x.source, x.properties) for x in records] == [
        ("training", at(ago(3)), "", None, "cs", ()),
        ("nps", at(ago(8)), "ann", 9.0, "cs", (("comment", "良い"),)),
    ]
    assert len({x.id for x in records}) == 2


def test_the_first_use_of_all_and_of_every_feature_is_told_newest_first(session: Session) -> None:
    told(
        session,
        events=[
            fact(ago(9), user="ann", product="web"),
            fact(ago(8), user="bob", product="web"),
            fact(ago(7), "save", feature="files", user="bob"),
            fact(ago(6), "open", feature="files", user="cho"),
            fact(ago(5), user="cho", product="bi"),
            fact(ago(0), "later"),
        ],
        records=[fact(ago(20), "nps")],
    )
    with looking(session, METRICS) as one:
        found = told_by_facts(one, until=at(ago(0), hour=0))
    assert found == Told(
        records=found.records,
        firsts=(
            FirstTime(id=3, at=at(ago(5)), feature="login", product="bi", user="cho"),
            FirstTime(id=2, at=at(ago(7)), feature="files", product="", user="bob"),
            FirstTime(id=1, at=at(ago(9)), feature="login", product="web", user="ann"),
            FirstTime(id=0, at=at(ago(9)), feature="", product="", user="ann"),
        ),
    )
    assert len(found.records) == 1


def test_an_account_without_facts_has_no_such_history(session: Session) -> None:
    told(session, events=[fact(ago(9), account="A2")])
    with looking(session, METRICS) as one:
        assert told_by_facts(one, until=at(ago(0))) == Told((), ())


def test_properties_are_told_as_people_read_them() -> None:
    text = '{"a":"x","b":1.5,"c":true,"d":null,"日本":"語"}'
    assert properties_of(text) == (
        ("a", "x"),
        ("b", "1.5"),
        ("c", "true"),
        ("d", "null"),
        ("日本", "語"),
    )
    assert properties_of(None) == ()


def test_what_banso_has_sent_itself_is_no_record_of_the_account(session: Session) -> None:
    """The desk tells the same with more words."""
    told(session, events=[fact(ago(9))], records=[fact(ago(8), "nps")])
    own = fact(ago(7), "expectation_reached")
    session.store.accept(source="banso", dataset="records", facts=[own])
    with looking(session, METRICS) as one:
        assert [x.kind for x in told_by_facts(one, until=at(ago(0))).records] == ["nps"]
