"""Drafts of a whole vendor: compared by the same replay, kept, switched on by the same checks."""

from collections.abc import Iterator

import pytest
from tests.pipeline.test_backtest import OUTCOMES, recorded, replayed, spans
from tests.pipeline.vendor import DEFINITIONS, FIRST, LAST, apply, days, furnish
from tests.store.given import query

from banso.cli.session import Session
from banso.core.definitions import DefinitionError, loads
from banso.desk.models import Alert, DefinitionSet, DraftEnd, RuleDraft
from banso.desk.queries.definitions import files_in_force
from banso.desk.queries.drafts import draft_of_rule
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.drafts import NoDraftError, OtherSetError, ask_replay, drop_draft
from banso.desk.services.drafts import switch_on as put_on
from banso.desk.services.pauses import pause, resume
from banso.pipeline.compared import compared
from banso.pipeline.drafts import FilesOnlyError, read_draft, replay_draft, save, switch_on
from banso.pipeline.run import run
from banso.pipeline.session import in_force

BOTH = DEFINITIONS + OUTCOMES
DRAFT = """\
rules:
  - name: quiet
    when: quiet_days >= 2
    outcome: silent
    action: {en: Call, ja: 電話する}
"""
NEW = DRAFT.replace("name: quiet", "name: quieter")


@pytest.fixture
def vendor(session: Session) -> Iterator[Session]:
    furnish(session)
    apply(BOTH)
    yield session
    query(session.store, "DELETE FROM procrastinate_jobs RETURNING 1")


def waiting(session: Session) -> list[tuple[object, ...]]:
    return query(session.store, "SELECT task_name, args FROM procrastinate_jobs")


def test_both_sides_are_what_a_backtest_of_each_says(
    vendor: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("banso.core.rules.backtest.SHORTEST", 3)  # two months are two periods
    found = compared(vendor.store, loads({"all.yaml": BOTH}), read_draft(DRAFT), as_of=LAST)
    with_draft = read_draft(DRAFT).definitions
    old = replayed(vendor, "quiet", BOTH, outcome="silent")
    text = BOTH.replace(
        "    when: quiet_days >= 3\n    for: 2 of 3 days\n    clear_days: 2\n"
        "    cooldown_days: 4\n    priority: high\n",
        "    when: quiet_days >= 2\n    outcome: silent\n",
    )
    assert loads({"all.yaml": text}).rules["quiet"] == with_draft.rules["quiet"]
    new = replayed(vendor, "quiet", text, outcome="silent")
    assert found.live is not None
    for side, alone in ((found.live, old), (found.draft, new)):
        assert alone.judged is not None
        whole = alone.judged.whole.precision
        assert (side.alerts, side.precision) == (len(alone.fired), whole.value)
        judged = alone.judged
        assert (side.base, side.lift) == (judged.whole.base, judged.whole.lift)
        assert (side.shrinkage, side.overlap) == (judged.shrinkage, alone.overlap)
        for part, period in ((side.fitting, judged.fitting), (side.untouched, judged.untouched)):
            assert part is not None
            assert period is not None
            days = alone.day(period.first), alone.day(period.stop - 1)
            assert (part.first, part.last) == days
            assert (part.judged, part.precision) == (
                period.precision.judged,
                period.precision.value,
            )
        assert side.coming == judged.coming
        assert sum(n for _, n in side.weeks) == len(alone.fired)  # two months: all in 26 weeks
        assert sum(x.a_week for x in side.owners) == pytest.approx(side.a_week)
    accounts = {x.account for x in old.fired}, {x.account for x in new.fired}
    assert {x.account for x in found.only_live} == accounts[0] - accounts[1]
    assert {x.account for x in found.only_draft} == accounts[1] - accounts[0]
    assert found.in_both == len(accounts[0] & accounts[1])


def test_the_next_run_opens_and_closes_what_was_said(vendor: Session) -> None:
    definitions = loads({"all.yaml": BOTH})
    opposite = DRAFT.replace(">= 2", "< 3")
    run(vendor.store, definitions, as_of=LAST, since=FIRST)
    before = {x for x, _, closed in recorded("quiet") if closed is None}
    found = compared(vendor.store, definitions, read_draft(opposite), as_of=LAST)
    save(EVERYTHING, opposite)
    switch_on(EVERYTHING, "quiet", by="test", why="")
    changed = in_force()
    assert changed is not None
    run(vendor.store, changed, as_of=LAST, since=FIRST)
    after = {x for x, _, closed in recorded("quiet") if closed is None}
    assert (sorted(after - before), sorted(before - after)) == (
        list(found.would_open),
        list(found.would_close),
    )
    assert len(found.would_open) > 0


def test_a_new_rule_stands_beside_nothing(vendor: Session) -> None:
    found = compared(vendor.store, loads({"all.yaml": BOTH}), read_draft(NEW), as_of=LAST)
    assert (found.live, found.in_both, found.only_live) == (None, 0, [])
    assert len(found.only_draft) == found.draft.accounts > 0


def test_a_draft_is_saved_as_versions_and_its_replay_put_into_the_queue_once(
    vendor: Session,
) -> None:
    first = save(EVERYTHING, DRAFT)
    assert save(EVERYTHING, DRAFT).pk == first.pk
    second = save(EVERYTHING, DRAFT.replace(">= 2", ">= 1"))
    assert waiting(vendor) == [("draft", {"rule": "quiet"})]
    ended = RuleDraft.objects.get(pk=first.pk)
    assert (ended.ended, ended.ended_at is not None) == (DraftEnd.REPLACED, True)
    assert draft_of_rule("quiet") == second


def test_what_the_replay_showed_is_kept_with_the_version(vendor: Session) -> None:
    save(EVERYTHING, DRAFT)
    definitions = loads({"all.yaml": BOTH})
    found = replay_draft(vendor.store, definitions, "quiet", as_of=LAST)
    kept = draft_of_rule("quiet")
    assert kept is not None
    assert (kept.compared, kept.fingerprint, kept.failed) == (
        found.as_json(),
        definitions.fingerprint,
        "",
    )
    ask_replay(scope=EVERYTHING, rule="quiet")
    again = draft_of_rule("quiet")
    assert again is not None
    assert again.asked_at is not None
    assert kept.compared_at is not None
    assert again.asked_at > kept.compared_at


def test_why_a_draft_can_not_be_replayed_is_kept_too(vendor: Session) -> None:
    save(EVERYTHING, DRAFT)
    other = BOTH.replace("quiet_days", "idle_days")
    apply(other)
    with pytest.raises(DefinitionError):
        replay_draft(vendor.store, loads({"all.yaml": other}), "quiet", as_of=LAST)
    kept = draft_of_rule("quiet")
    assert kept is not None
    assert "draft.yaml:3:11: error: when: unknown name quiet_days" in kept.failed


def test_a_draft_is_switched_on_as_a_version_of_the_files_with_who_and_why(
    vendor: Session,
) -> None:
    save(EVERYTHING, DRAFT)
    made = switch_on(EVERYTHING, "quiet", by="ops", why="too late")
    assert (made.applied_by, made.why, made.on_screen) == ("ops", "too late", True)
    assert in_force() == read_draft(DRAFT).definitions
    assert draft_of_rule("quiet") is None
    done = RuleDraft.objects.get()
    assert (done.ended, done.applied) == (DraftEnd.SWITCHED_ON, made)
    with pytest.raises(NoDraftError):
        switch_on(EVERYTHING, "quiet", by="ops", why="again")


def test_a_set_that_was_applied_meanwhile_is_not_lost(vendor: Session) -> None:
    draft = save(EVERYTHING, DRAFT)
    number, files = DefinitionSet.objects.values_list("pk", "files")[0]
    apply(BOTH.replace("quiet_days <= 5", "quiet_days <= 6"))
    with pytest.raises(OtherSetError):
        put_on(scope=EVERYTHING, draft=draft, number=number, files=files, prints=("f", "m"),
               by="ops", why="")  # fmt: skip
    assert files_in_force() != files
    assert draft_of_rule("quiet") == draft


def test_where_definitions_come_from_files_nothing_is_switched_on(vendor: Session) -> None:
    apply(BOTH.replace("currency: JPY}", "currency: JPY, edit_on_screen: false}"))
    save(EVERYTHING, DRAFT)
    with pytest.raises(FilesOnlyError, match="banso apply"):
        switch_on(EVERYTHING, "quiet", by="ops", why="")
    assert DefinitionSet.objects.filter(on_screen=True).count() == 0


def test_a_dropped_draft_is_no_more(vendor: Session) -> None:
    save(EVERYTHING, NEW)
    drop_draft(scope=EVERYTHING, rule="quieter")
    assert (draft_of_rule("quieter"), RuleDraft.objects.get().ended) == (None, DraftEnd.DROPPED)


def test_a_paused_rule_tells_nobody_and_its_episodes_are_those_of_a_replay(
    vendor: Session,
) -> None:
    definitions = loads({"all.yaml": BOTH})
    half, rest = days(FIRST, LAST)[30], days(FIRST, LAST)[31:-1:7]
    run(vendor.store, definitions, as_of=half, since=FIRST)
    told = set(Alert.objects.filter(told_on__isnull=False).values_list("pk", flat=True))
    pause(scope=EVERYTHING, rule="quiet", reason="too loud")
    for day in rest:
        run(vendor.store, definitions, as_of=day, since=FIRST)
    assert recorded("quiet") == spans(replayed(vendor, "quiet", BOTH, as_of=rest[-1]))
    mine = Alert.objects.filter(episode__rule="quiet")
    assert set(mine.filter(told_on__isnull=False).values_list("pk", flat=True)) == told & set(
        mine.values_list("pk", flat=True)
    )
    others = Alert.objects.exclude(episode__rule="quiet").exclude(pk__in=told)
    assert others.filter(told_on__isnull=True).count() == 0
    waiting = mine.filter(told_on__isnull=True)
    assert waiting.count() > 2

    resume(scope=EVERYTHING, rule="quiet", now=vendor.now)
    run(vendor.store, definitions, as_of=LAST, since=FIRST)
    still = mine.filter(episode__closed_on__isnull=True)
    assert still.filter(told_on__isnull=True).count() == 0
    assert waiting.filter(episode__closed_on__isnull=True).count() == 0
