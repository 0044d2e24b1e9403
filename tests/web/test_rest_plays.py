"""Tasks, plays and value over the REST API: as on the pages, with the same rights."""

from datetime import timedelta

from tests.pipeline.vendor import LAST
from tests.web.rest import Call
from tests.web.routes import task_of
from tests.web.site import SEEN, Site

from banso.desk.models import DefinitionSet, Expectation, PlayRun, Run, Task, TaskHandling


def test_a_task_is_snoozed_taken_back_passed_on_and_done(vendor_site: Site, call: Call) -> None:
    task = task_of(vendor_site, "A1")
    (found,) = call("csm", "GET", "tasks")[1]
    assert (found["id"], found["account"], found["member"]) == (task, "A1", "csm")
    assert (found["play"], found["due_on"]) == ("visit", str(LAST + timedelta(days=3)))
    _, snoozed = call("csm", "POST", f"tasks/{task}/snooze", {"until": "2099-01-01"})
    assert (snoozed["state"], snoozed["until"]) == ("snoozed", "2099-01-01")
    assert call("csm", "GET", "tasks")[1] == []
    _, back = call("csm", "POST", f"tasks/{task}/undo", {"handling": snoozed["handling"]})
    assert back["state"] == "open"
    _, passed = call("csm", "POST", f"tasks/{task}/pass", {"to": "admin", "note": "away"})
    assert [x["member"] for x in call("csm", "GET", "tasks")[1]] == ["admin"]
    _, done = call("admin", "POST", f"tasks/{task}/done", {"note": "met"})
    made = TaskHandling.objects.get(pk=done["handling"])
    assert (made.state, made.note, made.member_id) == ("done", "met", vendor_site.members["admin"])
    assert passed["handling"] == TaskHandling.objects.get(note="away").pk


def test_what_can_not_be_done_with_a_task_is_said(vendor_site: Site, call: Call) -> None:
    task, other = task_of(vendor_site, "A1"), task_of(vendor_site, "A4")
    assert "A4" not in SEEN["csm"]
    assert call("csm", "POST", f"tasks/{other}/done", {})[0] == 404
    assert call("csm", "POST", f"tasks/{task}/pass", {"to": "nobody"}) == (
        422,
        {"detail": "no active member 'nobody'; `banso members` lists them"},
    )
    assert call("csm", "POST", f"tasks/{task}/snooze", {"until": "2020-01-01"})[0] == 422
    assert call("csm", "GET", "tasks?member=nobody")[0] == 404
    assert TaskHandling.objects.count() == 0


def test_a_play_enters_only_accounts_of_the_members_scope(vendor_site: Site, call: Call) -> None:
    (play,) = (x for x in call("csm", "GET", "plays")[1] if x["name"] == "visit")
    assert (play["open"], play["parked"], play["ended"], play["kept_out"]) == (0, 0, 0, 0)
    assert call("csm", "POST", "plays/visit/start", {"accounts": ["A4"]})[0] == 404
    assert call("csm", "POST", "plays/nothing/start", {"accounts": ["A1"]})[0] == 404
    assert call("csm", "POST", "plays/visit/start", {"segment": "nothing"})[0] == 404
    both = {"accounts": ["A1"], "segment": "large"}
    assert call("csm", "POST", "plays/visit/start", both)[0] == 422
    assert PlayRun.objects.count() == 0
    enters = [{"account": "A1", "enters": True}]
    for word in ("preview", "start"):
        _, found = call("csm", "POST", f"plays/visit/{word}", {"accounts": ["A1"]})
        assert [{k: x[k] for k in ("account", "enters")} for x in found] == enters
    _, again = call("csm", "POST", "plays/visit/start", {"accounts": ["A1"]})
    assert [(x["enters"], x["reason"]) for x in again] == [(False, "running")]
    (run,) = call("csm", "GET", "runs?play=visit&account=A1&state=open")[1]
    assert (run["started_by"], run["fingerprint"]) == ("member", play["fingerprint"])
    assert call("mate", "GET", "runs")[1] == []


def test_a_run_is_stopped_and_its_task_withdrawn(vendor_site: Site, call: Call) -> None:
    run = PlayRun.objects.get(tasks=task_of(vendor_site, "A1"))
    unseen = PlayRun.objects.get(tasks=task_of(vendor_site, "A4"))
    assert call("csm", "POST", f"runs/{unseen.pk}/stop")[0] == 404
    status, stopped = call("csm", "POST", f"runs/{run.pk}/stop")
    assert (status, stopped["state"], stopped["because"]) == (200, "ended", "stopped")
    assert Task.objects.get(run=run).state == "withdrawn"
    assert call("csm", "POST", f"runs/{run.pk}/stop")[0] == 404
    assert call("csm", "POST", f"runs/{run.pk}/resume")[0] == 404


def test_the_board_counts_the_accounts_that_the_member_sees(call: Call) -> None:
    for role in ("admin", "csm"):
        _, board = call(role, "GET", "value/board?since=2000-01-01")
        rules = call(role, "GET", "rules")[1]
        _, alerts = call(role, "GET", "alerts?limit=200")
        flagged = {x["account"] for x in alerts["items"]}
        assert board["total"]["flagged"] == len(flagged)
        assert board["until"] == str(Run.objects.latest("pk").as_of)
        by_rule = {
            x["name"]: len({y["account"] for y in alerts["items"] if y["rule"] == x["name"]})
            for x in rules
        }
        told = {name: x["flagged"] for name, x in board["rules"].items()}
        assert told == {name: n for name, n in by_rule.items() if n}
        assert {x["accounts"] for x in board["rules"].values()} == {None}


def test_only_who_operates_learns_how_many_are_held_out(call: Call) -> None:
    for role, sees in (("cs_ops", True), ("csm", False)):
        values = call(role, "GET", "value")[1]
        assert [x["rule"] for x in values] == [x["name"] for x in call(role, "GET", "rules")[1]]
        assert {x["held_out"] is None for x in values} == {not sees}
    assert Expectation.objects.count() == 0


LONGER = """\
plays:
  - name: visit
    label: {en: Visit, ja: 訪問}
    steps: [{kind: wait, days: 30}]
"""


def test_a_draft_of_a_play_is_saved_compared_switched_on_and_dropped(
    vendor_site: Site, call: Call
) -> None:
    status, wrong = call("cs_ops", "POST", "play-drafts", {"text": LONGER.replace("30", "0")})
    assert (status, "draft.yaml:4:" in wrong["detail"]) == (422, True)
    assert call("cs_ops", "GET", "play-drafts/visit")[0] == 404
    _, saved = call("cs_ops", "POST", "play-drafts", {"text": LONGER})
    assert (saved["play"], saved["member"]) == ("visit", "cs_ops")
    assert call("cs_ops", "GET", "play-drafts")[1] == [saved]
    _, whole = call("cs_ops", "GET", "play-drafts/visit")
    assert (whole["text"], whole["failed"]) == (LONGER, None)
    assert [x["title"]["en"] for x in whole["steps"]] == ["Wait 30 days"]
    kinds = [x for x in whole["changes"] if x["field"] == "steps.1.kind"]
    assert [(x["name"], x["old"], x["new"]) for x in kinds] == [("visit", "task", "wait")]

    _, made = call("cs_ops", "POST", "play-drafts/visit/switch-on", {"why": "too soon"})
    assert DefinitionSet.objects.all()[0].fingerprint == made["fingerprint"]
    _, play = call("csm", "GET", "plays/visit")
    assert (play["yaml"], [x["kind"] for x in play["steps"]]) == (LONGER, ["wait"])
    assert call("cs_ops", "POST", "play-drafts/visit/drop")[0] == 404
    call("cs_ops", "POST", "play-drafts", {"text": LONGER})
    assert call("cs_ops", "POST", "play-drafts/visit/drop") == (204, None)


def test_what_a_play_would_say_is_told_of_accounts_in_scope(call: Call) -> None:
    status, said = call("csm", "GET", "plays/visit/texts?account=A1")
    assert (status, said[0]["texts"]["en"]) == (200, "Agree on a day")
    assert call("csm", "GET", "plays/visit/texts?account=A4")[0] == 404
    assert call("csm", "GET", "plays/none/texts?account=A1")[0] == 404
