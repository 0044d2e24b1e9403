"""The REST API: as a member, with that member's rights, and nothing for anybody else."""

import json
from datetime import UTC, datetime

import pytest
from tests.pipeline.test_backtest import OUTCOMES
from tests.pipeline.vendor import DEFINITIONS, LAST, apply
from tests.web.conftest import AsMember
from tests.web.rest import HERE, Call, answered
from tests.web.routes import alert_of, mail_of, run_of, task_of
from tests.web.site import ALL, SEEN, Site
from tests.web.test_gaps import kept_losses

from banso.api.rest import api
from banso.core.definitions import loads
from banso.desk.models import Alert, DefinitionSet, Handling, Member, Mute
from banso.desk.services.tokens import add_token, revoke_token
from banso.pipeline.kept_backtests import keep_backtests

ROLES = ("admin", "cs_ops", "manager", "csm", "viewer")
OPERATIONS = [
    (method.upper(), path, operation["operationId"])
    for path, methods in api.get_openapi_schema(path_prefix="").get("paths", {}).items()
    for method, operation in methods.items()
]
DRAFT = """\
rules:
  - name: quiet
    when: quiet_days >= 2
    action: {en: Call, ja: 電話する}
"""
PLAY_DRAFT = """\
plays:
  - name: visit
    steps: [{kind: wait, days: 30}]
"""
BODIES = {
    "snooze_alert": {"until": "2099-01-01"},
    "dismiss_alert": {"reason": "known"},
    "undo_alert": {"handling": 1},
    "finish_task": {},
    "snooze_task": {"until": "2099-01-01"},
    "pass_task": {"to": "admin"},
    "dismiss_task": {"reason": "known"},
    "undo_task": {"handling": 1},
    "tick_task": {"point": 0},
    "approve_mail": {},
    "refuse_mail": {"note": "a test"},
    "preview_play": {},
    "start_play": {"accounts": ["A1"]},
    "add_mute": {"rule": "quiet", "until": "2099-01-01", "reason": "a test"},
    "save_draft": {"text": DRAFT},
    "switch_on_draft": {"why": "a test"},
    "save_play_draft": {"text": PLAY_DRAFT},
    "switch_on_play_draft": {"why": "a test"},
    "pause_rule": {"reason": "a test"},
    "add_channel": {"kind": "webhook", "name": "new", "address": "https://new.example/"},
    "change_channel": {"least": "high"},
    "unsubscribe": {"address": "a@b.example"},
    "subscribe": {"address": "a@b.example"},
    "merge_accounts": {"account": "A1", "into": "A1"},
    "write_note": {"account": "A1", "text": "a test"},
}
ACTS = {
    *("finish_alert", "snooze_alert", "dismiss_alert", "undo_alert"),
    *("finish_task", "snooze_task", "pass_task", "dismiss_task", "undo_task"),
    *("tick_task", "approve_mail", "refuse_mail", "start_play", "stop_run", "resume_run"),
    *("write_note", "take_back_note"),
}
OPERATES = {
    "add_channel",
    "remove_channel",
    "add_mute",
    "change_channel",
    "disable_channel",
    "drop_draft",
    "drop_play_draft",
    "enable_channel",
    "end_mute",
    "get_draft",
    "get_play_draft",
    "list_channels",
    "list_dead_letters",
    "list_deliveries",
    "get_delivery",
    "replay_delivery",
    "list_drafts",
    "list_gaps",
    "list_play_drafts",
    "list_unsubscribed",
    "subscribe",
    "test_channel",
    "unsubscribe",
    "merge_accounts",
    "pause_rule",
    "replay_dead_letters",
    "replay_draft",
    "resume_rule",
    "save_draft",
    "save_play_draft",
    "switch_on_draft",
    "switch_on_play_draft",
    "undo_merge",
}


def address(site: Site, path: str, key: str) -> str:
    values = {
        "alert": alert_of(site, key),
        "task": task_of(site, key),
        "run": run_of(site, key),
        "mail": mail_of(site, key),
        "play": "visit",
        "number": 0,
        "rule": "quiet",
        "name": "hook",
        "account": key,
    }
    return path.lstrip("/").format(**values)


@pytest.mark.parametrize(("method", "path", "name"), OPERATIONS)
def test_nobody_calls_without_a_token_of_a_member(
    vendor_site: Site, as_member: AsMember, method: str, path: str, name: str
) -> None:
    there = address(vendor_site, path, "A1")
    made = add_token(handle="admin", name="old")
    revoke_token(token=made.text, now=datetime.now(tz=UTC))
    left = add_token(handle="mate", name="of one who left").text
    Member.objects.filter(handle="mate").update(is_active=False)
    for header in ("", "Bearer no-such-token", f"Bearer {made.text}", f"Bearer {left}"):
        assert answered(header, method, there, BODIES.get(name))[0] == 401
    signed_in = as_member("admin")
    form = json.dumps(BODIES.get(name, {}))
    answer = signed_in.generic(method, HERE + there, form, content_type="application/json")
    assert answer.status_code == 401
    assert (Handling.objects.count(), Mute.objects.count()) == (0, 0)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda x: x[2])
def test_each_role_may_call_what_its_pages_let_it_do(
    vendor_site: Site, call: Call, role: str, operation: tuple[str, str, str]
) -> None:
    method, path, name = operation
    status, _ = call(role, method, address(vendor_site, path, "A1"), BODIES.get(name))
    shut = (name in ACTS and role == "viewer") or (name in OPERATES and role not in ROLES[:2])
    assert (status == 403) == shut


@pytest.mark.parametrize("role", ROLES)
def test_only_accounts_and_alerts_of_the_members_scope_are_told(call: Call, role: str) -> None:
    _, accounts = call(role, "GET", "accounts?limit=200")
    _, alerts = call(role, "GET", "alerts?limit=200")
    assert sorted({x["key"] for x in accounts["items"]}) == sorted(SEEN[role])
    assert {x["account"] for x in alerts["items"]} <= set(SEEN[role])


def test_alerts_of_others_are_not_there(vendor_site: Site, call: Call) -> None:
    unseen = next(x for x in vendor_site.unseen("csm") if has_alert(vendor_site, x))
    there = f"alerts/{alert_of(vendor_site, unseen)}/done"
    assert call("csm", "POST", there)[0] == 404
    assert Handling.objects.count() == 0


def has_alert(site: Site, key: str) -> bool:
    return Alert.objects.filter(episode__account=site.accounts[key]).exists()


def test_pages_follow_each_other_without_a_gap_or_a_double(call: Call) -> None:
    found: list[int] = []
    before: object = ""
    while before is not None:
        _, page = call("admin", "GET", f"alerts?limit=2{before and f'&before={before}'}")
        found += [x["id"] for x in page["items"]]
        before = page["next"]
    assert found == list(Alert.objects.order_by("-pk").values_list("pk", flat=True))
    keys: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        _, page = call(
            "admin", "GET", f"accounts?sort=name&limit=4{cursor and f'&cursor={cursor}'}"
        )
        keys += [x["key"] for x in page["items"]]
        cursor = page["next"]
    assert keys == list(ALL)


def test_an_alert_is_snoozed_taken_back_and_done(vendor_site: Site, call: Call) -> None:
    alert = Alert.objects.filter(
        episode__closed_on__isnull=True, episode__account__key__in=SEEN["csm"]
    ).latest("pk")
    _, snoozed = call("csm", "POST", f"alerts/{alert.pk}/snooze", {"until": "2099-01-01"})
    assert (snoozed["state"], snoozed["until"]) == ("snoozed", "2099-01-01")
    status, refused = call("csm", "POST", f"alerts/{alert.pk}/done")
    assert (status, list(refused)) == (409, ["detail"])
    _, back = call("csm", "POST", f"alerts/{alert.pk}/undo", {"handling": snoozed["handling"]})
    assert back["state"] == "open"
    _, done = call("csm", "POST", f"alerts/{alert.pk}/done")
    assert done["state"] == "done"
    made = Handling.objects.get(pk=done["handling"])
    assert (made.alert_id, made.member_id) == (alert.pk, vendor_site.members["csm"])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("snooze", {"until": "2020-01-01"}),
        ("snooze", {"until": "soon"}),
        ("snooze", {}),
        ("not-useful", {"reason": "no such reason"}),
        ("not-useful", {"reason": "other"}),
        ("undo", {"handling": "x"}),
    ],
)
def test_what_can_not_be_meant_is_422_and_changes_nothing(
    vendor_site: Site, call: Call, path: str, body: object
) -> None:
    alert = Alert.objects.filter(episode__closed_on__isnull=True).latest("pk")
    assert call("admin", "POST", f"alerts/{alert.pk}/{path}", body)[0] == 422
    assert Handling.objects.count() == 0


def test_who_may_not_see_money_gets_no_amount_and_no_reason_that_tells_one(
    vendor_site: Site, call: Call
) -> None:
    priced = DEFINITIONS.replace(
        "metrics:\n", "metrics:\n  - {name: worth, kind: latest, of: contract.arr}\n", 1
    )
    apply(priced)
    alert = Alert.objects.latest("pk")
    told = [{"metric": "worth", "value": 9}, {"metric": "weekly_users", "value": 0}]
    Alert.objects.filter(pk=alert.pk).update(why=told, arr=9)
    Member.objects.filter(handle="viewer").update(sees_revenue=False)
    Member.objects.filter(handle="admin").update(sees_revenue=True)
    seen, hidden = (call(x, "GET", "alerts?limit=1")[1]["items"][0] for x in ("admin", "viewer"))
    assert (seen["arr"], seen["why"]) == ("9.00", told)
    assert (hidden["arr"], hidden["why"]) == (None, told[1:])
    _, accounts = call("viewer", "GET", "accounts")
    assert [x["arr"] for x in accounts["items"]] == [None] * len(ALL)


def test_rules_say_how_often_they_were_right_and_until_when_they_are_muted(
    vendor_site: Site, call: Call
) -> None:
    more = "    outcome: silent\n    assign: {in_turn: [csm, mate]}\n"
    text = DEFINITIONS.replace("- name: quiet\n", f"- name: quiet\n{more}") + OUTCOMES
    apply(text)
    keep_backtests(vendor_site.session.store, loads({"all.yaml": text}), as_of=LAST)
    body = {"rule": "quiet", "until": "2099-01-01", "reason": "x"}
    status, muted = call("cs_ops", "POST", "mutes", body)
    assert (status, muted["rule"], muted["account"]) == (200, "quiet", None)
    rule = next(x for x in call("admin", "GET", "rules")[1] if x["name"] == "quiet")
    replays = call("csm", "GET", "rules/quiet/backtests")[1]
    judged = next(x for x in replays if x["outcome"] == "silent")
    pace = (rule["opens"], rule["clear_days"], rule["cooldown_days"], rule["any_time"])
    assert (pace, rule["assign"]) == (("2 of 3 days", 2, 4, False), {"in_turn": ["csm", "mate"]})
    assert rule["muted_until"] == "2099-01-01"
    assert rule["precision"] == judged["precision"]
    assert {x["account"] for x in judged["told"]["fired"]} <= set(SEEN["csm"])
    assert call("cs_ops", "POST", f"mutes/{muted['number']}/end") == (204, None)
    assert call("admin", "GET", "mutes")[1] == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "rules/quite/backtests", None),
        ("POST", "mutes", {"rule": "quite", "until": "2099-01-01", "reason": "x"}),
        ("POST", "mutes", {"rule": "quiet", "account": "A9", "until": "2099-01-01", "reason": "x"}),
        ("POST", "mutes/0/end", None),
        ("POST", "alerts/0/done", None),
    ],
)
def test_what_is_not_there_is_404(call: Call, method: str, path: str, body: object) -> None:
    assert call("admin", method, path, body)[0] == 404


def test_a_draft_is_saved_read_switched_on_and_the_rule_paused_and_resumed(
    vendor_site: Site, call: Call
) -> None:
    status, wrong = call("cs_ops", "POST", "drafts", {"text": DRAFT.replace("quiet_days", "x")})
    assert (status, wrong["detail"].split("\n")) == (
        422,
        ["draft.yaml:3:11: error: when: unknown name x"],
    )
    assert call("cs_ops", "GET", "drafts/quiet")[0] == 404
    _, saved = call("cs_ops", "POST", "drafts", {"text": DRAFT})
    assert (saved["rule"], saved["member"], saved["compared_at"]) == ("quiet", "cs_ops", None)
    assert call("cs_ops", "GET", "drafts")[1] == [saved]
    assert call("cs_ops", "GET", "drafts/quiet")[1] == {**saved, "text": DRAFT, "compared": None}

    _, made = call("cs_ops", "POST", "drafts/quiet/switch-on", {"why": "too late"})
    newest = DefinitionSet.objects.all()[0]
    assert (newest.fingerprint, newest.applied_by, newest.why) == (
        made["fingerprint"],
        "cs_ops",
        "too late",
    )
    _, rules = call("cs_ops", "GET", "rules")
    assert {x["name"]: x["when"] for x in rules}["quiet"] == "quiet_days >= 2"
    assert call("cs_ops", "POST", "drafts/quiet/drop")[0] == 404

    _, paused = call("cs_ops", "POST", "rules/quiet/pause", {"reason": "too loud"})
    assert call("csm", "GET", "pauses")[1] == [paused]
    assert call("cs_ops", "POST", "rules/quiet/pause", {"reason": "again"})[0] == 409
    assert {x["name"]: x["paused_since"] for x in call("csm", "GET", "rules")[1]} == {
        "quiet": paused["at"],
        "fading": None,
        "overdue": None,
    }
    assert call("cs_ops", "POST", "rules/quiet/resume")[0] == 204
    assert call("csm", "GET", "pauses")[1] == []


def test_gaps_are_those_of_the_last_look_back(vendor_site: Site, call: Call) -> None:
    none = {"since": None, "until": None, "outcomes": [], "losses": []}
    assert call("cs_ops", "GET", "gaps")[1] == none
    kept_losses(vendor_site)
    _, told = call("cs_ops", "GET", "gaps")
    assert [(x["account"], x["foreseen"], x["arr"]) for x in told["losses"]] == [
        ("A1", True, "100000.00"),
        ("A4", False, None),
    ]


def test_the_review_is_told_with_plays_and_losses(vendor_site: Site, call: Call) -> None:
    _, told = call("csm", "GET", "value/review")
    assert {(x["kind"], x["rule"]) for x in told["rules"]} == {
        ("rule", "quiet"), ("rule", "fading"), ("rule", "overdue"), ("play", "visit"),
    }  # fmt: skip
    assert told["lost"] is None
    assert len(told["held_back"]) == 15
    kept_losses(vendor_site)
    _, told = call("cs_ops", "GET", "value/review")
    unseen = [x["account"] for x in told["lost"]["unseen"]]
    assert (told["lost"]["foreseen"], told["lost"]["late"], unseen) == (1, 0, ["A4"])
