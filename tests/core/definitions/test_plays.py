"""Plays as they are written, and what is wrong with them when they are saved."""

from dataclasses import replace

from tests.core.definitions.sets import SET, told

from banso.core.definitions import loads
from banso.core.definitions.compare import compare
from banso.core.definitions.desk_names import DeskNames, unmet_names
from banso.core.definitions.plays import conditions, every, fingerprint_of, starts

PLAYS = """\
plays:
  - name: rescue
    label: {en: Rescue, ja: 救う}
    exit: weekly_users >= 40
    steps:
      - kind: task
        label: {en: Hold a study session, ja: 勉強会を開く}
        checklist: [{en: Agree on a day, ja: 日程を決める}]
      - {kind: wait_until, condition: seat_use >= 0.8, within_days: 30}
      - kind: branch
        condition: segment.large
        then:
          - {kind: assign, to: owner}
          - {kind: start_play, play: expand}
        else:
          - {kind: wait, days: 3}
  - name: expand
    steps:
      - {kind: message, text: {en: Offer seats, ja: 追加を提案}}
      - {kind: webhook, channel: crm}
"""
WITH = SET.replace("    for: 3 of 5 days\n", "    for: 3 of 5 days\n    play: rescue\n") + PLAYS
LINES = WITH.count("\n") - PLAYS.count("\n")


def mistakes(old: str, new: str) -> list[str]:
    """With lines counted from `plays:`."""
    found = told(old, new, text=WITH)
    return [f"{int(line) - LINES}:{rest}" for line, _, rest in (x.partition(":") for x in found)]


def test_a_correct_play_is_read_and_its_steps_have_keys() -> None:
    plays = loads({"set.yaml": WITH}).plays

    assert told(text=WITH) == []
    assert [(key, step.kind) for key, step in every(plays["rescue"].steps)] == [
        ("1", "task"),
        ("2", "wait_until"),
        ("3", "branch"),
        ("3.then.1", "assign"),
        ("3.then.2", "start_play"),
        ("3.else.1", "wait"),
    ]
    assert conditions(plays["rescue"]) == (
        "weekly_users >= 40",
        "seat_use >= 0.8",
        "segment.large",
    )
    assert (starts(plays["rescue"]), starts(plays["expand"])) == (("expand",), ())


def test_a_rule_names_a_play_that_there_is() -> None:
    line = WITH[: WITH.index("play: rescue")].count("\n") + 1
    assert told("play: rescue", "play: rescew", text=WITH) == [
        f"{line}:11: unknown play 'rescew' -> rescue"
    ]


def test_a_started_play_is_named_with_the_nearest_that_there_is() -> None:
    assert mistakes("play: expand}", "play: expands}") == [
        "14:38: unknown play 'expands' -> expand"
    ]


def test_plays_that_start_each_other_in_a_loop_are_refused() -> None:
    assert mistakes("{kind: webhook, channel: crm}", "{kind: start_play, play: rescue}") == [
        "2:11: this play would start itself for ever: rescue -> expand -> rescue"
    ]


def test_conditions_are_checked_wherever_they_stand() -> None:
    assert mistakes("condition: seat_use >=", "condition: seat_us >=") == [
        "9:39: condition: unknown name seat_us -> seat_use"
    ]
    assert mistakes("exit: weekly_users >= 40", "exit: weekly_users") == [
        "4:11: exit: weekly_users is a number; this place needs a condition (true or false)"
    ]
    assert mistakes("condition: segment.large", "condition: journey.adoption.stage = 'habitt'") == [
        "11:45: journey.adoption.stage is never 'habitt'; there are onboarding, habit -> habit"
    ]


def test_a_step_has_a_kind_and_its_own_fields_also_inside_a_branch() -> None:
    assert mistakes("kind: wait, days", "kind: wayt, days") == [
        "16:20: unknown kind 'wayt'; there are task, message, mail, set_field, wait, "
        "wait_until, branch, assign, webhook, start_play -> wait"
    ]
    assert mistakes("kind: wait, days", "kind: wait, dais") == [
        "16:13: field 'days' is missing",
        "16:26: unknown field 'dais' -> days",
    ]


def test_a_play_says_one_thing_about_coming_again() -> None:
    assert mistakes("  - name: expand", "  - name: expand\n    once: true\n    again_days: 9") == [
        "19:17: once: true never lets an account in again; leave again_days or once out"
    ]


def test_texts_of_steps_need_a_language() -> None:
    assert mistakes("{en: Offer seats, ja: 追加を提案}", "{en: Offer seats}") == []
    assert mistakes("{en: Offer seats, ja: 追加を提案}", "{}") == [
        "19:31: field 'en' is missing",
        "19:31: field 'ja' is missing",
    ]


def test_a_change_of_a_play_changes_no_number_but_the_version_of_its_runs() -> None:
    old = loads({"set.yaml": WITH})
    new = loads({"set.yaml": WITH.replace("within_days: 30", "within_days: 60")})

    assert old.fingerprint == new.fingerprint == loads({"set.yaml": SET}).fingerprint
    assert old.metadata_fingerprint != new.metadata_fingerprint
    assert fingerprint_of(old.plays["rescue"]) != fingerprint_of(new.plays["rescue"])
    assert fingerprint_of(old.plays["expand"]) == fingerprint_of(new.plays["expand"])
    assert [(x.kind, x.name, x.field, x.old, x.new) for x in compare(old, new)] == [
        ("play", "rescue", "steps.2.within_days", 30, 60)
    ]


DESK = DeskNames(
    channels=["team", "crm2"], webhooks=["crm2"], members=["tanaka"], no_channel_yet=False
)
NEW_DESK = DeskNames(channels=[], webhooks=[], members=["tanaka"], no_channel_yet=True)
NO_WEBHOOK = "20:34: {} no webhook channel 'crm'; `banso channels add-webhook` adds one -> {}"
NOBODY = "16:32: {} no active member 'tanaak'; `banso members` lists them -> {}"


def unmet(desk: DeskNames, *changes: tuple[str, str]) -> list[str]:
    """With lines counted from `plays:`."""
    text = WITH
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    found = unmet_names({"set.yaml": text}, lambda: desk)
    return [f"{x.line - LINES}:{x.column}: {x.level} {x.message} -> {x.suggestion}" for x in found]


def test_a_channel_or_member_that_the_desk_does_not_have_is_named_with_its_place() -> None:
    slip = ("kind: wait, days: 3", "kind: assign, to: tanaak")
    assert unmet(DESK, slip) == [
        NOBODY.format("error", "tanaka"),
        NO_WEBHOOK.format("error", "crm2"),
    ]
    assert unmet(DESK, ("channel: crm", "channel: crm2")) == []
    told_by = "kind: message, channel: teem,"
    assert unmet(DESK, ("kind: message,", told_by), ("channel: crm", "channel: crm2")) == [
        "19:34: error no channel 'teem' that tells members; `banso channels` adds one -> team"
    ]


def test_a_channel_that_is_no_webhook_can_not_take_a_webhook_step() -> None:
    (found,) = unmet(DESK, ("channel: crm", "channel: team"))
    assert "error no webhook channel 'team'" in found


def test_before_any_channel_is_set_up_it_is_a_warning() -> None:
    slip = ("kind: wait, days: 3", "kind: assign, to: tanaak")
    assert unmet(NEW_DESK, slip) == [
        NOBODY.format("error", "tanaka"),
        NO_WEBHOOK.format("warning", "None"),
    ]
    assert unmet(replace(NEW_DESK, members=[]), slip)[0] == NOBODY.format("warning", "None")


def test_a_rule_whose_alerts_are_somebodys_who_is_not_here_is_refused() -> None:
    desk = replace(DESK, assignees=["tanaka", "sato"], teams=["East"])

    def told(assign: str, known: DeskNames = desk) -> list[str]:
        rule = "{name: quiet, when: x > 1, action: {en: Call, ja: 電話}, assign: " + assign + "}"
        found = unmet_names({"set.yaml": f"rules:\n  - {rule}\n"}, lambda: known)
        return [f"{x.column}: {x.level} {x.message} -> {x.suggestion}" for x in found]

    at = len("  - {name: quiet, when: x > 1, action: {en: Call, ja: 電話}, assign: {")
    assert told("{in_turn: [sato, tanaak]}") == [
        f"{at + len('in_turn: [sato, ') + 1}: error no active member 'tanaak' who may act; "
        "`banso members` lists them -> tanaka"
    ]
    assert told("{member: sato}") == told("{team: East}") == []
    (found,) = told("{team: Est}")
    assert found.endswith("error no team 'Est' with members; `banso members` lists them -> East")
    (early,) = told("{member: sato}", DeskNames([], [], [], no_channel_yet=True))
    assert "warning no active member 'sato'" in early


def test_the_desk_is_not_asked_where_nothing_is_named() -> None:
    def ask() -> DeskNames:
        raise AssertionError

    assert unmet_names({"set.yaml": SET}, ask) == ()
