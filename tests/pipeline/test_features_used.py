"""Which features are used, and which no longer: against use written by hand."""

from tests.pipeline.one_vendor import TODAY, ago, fact, looking, told

from banso.cli.session import Session
from banso.pipeline.features_used import FeatureUse, features_used

METRICS = "metrics: [{name: uses, kind: count}]"


def test_each_feature_is_told_by_its_days_and_people_what_stopped_lately_first(
    session: Session,
) -> None:
    told(
        session,
        events=[
            fact(ago(90), "save", feature="files", user="ann"),
            fact(ago(60), "old", user="ann"),
            fact(ago(40), "open", feature="files", user="bob"),
            fact(ago(40), "open", feature="files", user="ann"),
            fact(ago(28), "open", feature="files", user="ann", hour=0),
            fact(ago(1), "open", feature="files", user="ann"),
            fact(ago(1), "save", feature="files"),  # names nobody
            fact(ago(29), "export", user="bob", hour=23, product="bi"),
            fact(ago(3), "share", user="cho"),
            fact(ago(0), "later", user="cho"),  # the day itself does not count
        ],
        records=[fact(ago(1), "training")],
    )
    with looking(session, METRICS) as one:
        found = features_used(one, as_of=TODAY)
    assert found == [
        FeatureUse("bi", "export", "stopped", ago(29), ago(29), users=0, before=1, days=0),
        FeatureUse("", "old", "stopped", ago(60), ago(60), users=0, before=0, days=0),
        FeatureUse("", "share", "new", ago(3), ago(3), users=1, before=0, days=1),
        FeatureUse("", "files", "active", ago(90), ago(1), users=1, before=2, days=2),
    ]


def test_where_everything_is_new_nothing_is_newer(session: Session) -> None:
    told(session, events=[fact(ago(9), user="ann"), fact(ago(2), "share", user="ann")])
    with looking(session, METRICS) as one:
        assert [x.status for x in features_used(one, as_of=TODAY)] == ["active", "active"]
        assert features_used(one, as_of=ago(9)) == []
