"""Every route there is, from the URL resolver, and what to put into its parameters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models.functions import Now
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.pipeline.vendor import LAST
from tests.web.site import Site

from banso.desk.models import (
    Alert,
    Channel,
    ChannelKind,
    Delivery,
    DeliveryKind,
    DraftKind,
    Mail,
    Note,
    NoteKind,
    PlayRun,
    RunState,
    Task,
)
from banso.desk.queries.plays import of_keys
from banso.desk.queries.scope import EVERYTHING
from banso.desk.services.alerts import finish
from banso.desk.services.drafts import save_draft
from banso.desk.services.mutes import mute
from banso.desk.services.pauses import pause
from banso.desk.services.tasks import finish as finish_task
from banso.pipeline.play_entries import start
from banso.web.middleware import API

NAMES = {
    "metric": "weekly_users",
    "field": "weekly_users",
    "journey": "adoption",
    "rule": "quiet",
    "segment": "large",
    "play": "visit",
    "action": "done",
    "source": "web",
    "point": "0",
    "token": "no-token",
    "kind": "webhook",
}
"""Parameter -> something of tests/pipeline/vendor.py that it can name. `account`, `alert`,
`task`, `run` and `mail` are ids of the desk, `item` of a row in quarantine, `mute` of a mute."""


PLAY = "plays: [{name: visit, steps: [{kind: wait, days: 9}]}]"
FORMS = {
    "alert_snooze": {"until": "2099-01-01"},
    "alert_not_useful": {"reason": "known"},
    "bulk": {"item": "alert-1"},
    "task_snooze": {"until": "2099-01-01"},
    "task_not_useful": {"reason": "known"},
    "task_pass": {"to": "admin"},
    "task_tick": {"done": "1"},
    "mail_approve": {"subject": "s", "text": "t"},
    "mail_refuse": {"note": "a test"},
    "data_channels_act": {"channel": "none", "action": "test"},
    "data_channel_new": {
        "name": "crm",
        "address": "https://crm.example/hook",
        "least": "low",
        "language": "en",
    },
    "data_channel_change": {"least": "high"},
    "data_quarantine_all": {"source": "web", "reason": "no such reason", "action": "replay"},
    "data_quarantine_discard": {"note": "a test"},
    "data_quarantine_replay": {"payload": "{}"},
    "play_start": {"account": "A1"},
    "account_merge": {"into": "no such account"},
    "account_note": {"kind": "call", "on": "2026-05-01", "text": "a test"},
    "rule_mute": {"until": "2099-01-01", "reason": "a test"},
    "rule_pause": {"pause_reason": "a test"},
    "draft_new": {"text": "rules: [{name: n, when: quiet_days > 9, action: {en: Go, ja: 行く}}]"},
    "rule_draft": {
        "text": "rules: [{name: quiet, when: quiet_days > 9, action: {en: Go, ja: 行く}}]"
    },
    "draft_switch_on": {"why": "a test"},
    "rule_form_new": {
        "text": "rules: [{name: n, when: quiet_days > 9, action: {en: Go, ja: 行く}}]"
    },
    "rule_form": {
        "text": "rules: [{name: quiet, when: quiet_days > 9, action: {en: Go, ja: 行く}}]"
    },
    "play_draft": {"text": PLAY},
    "play_draft_new": {"text": PLAY},
    "play_form": {"text": PLAY},
    "play_form_new": {"text": PLAY},
    "play_draft_switch_on": {"why": "a test"},
}
"""What makes the form of a route complete, so that nothing but rights stands in its way."""


@dataclass(frozen=True)
class Route:
    name: str
    parameters: tuple[str, ...]

    @property
    def about_an_account(self) -> bool:
        return bool({"account", "alert", "task", "run", "mail", "note"} & set(self.parameters))

    def address(self, site: Site, account: str) -> str:
        """About this account (its key), where the route is about one. KeyError names a parameter
        that NAMES does not know yet."""
        ids = {
            "account": lambda: site.accounts[account],
            "alert": lambda: alert_of(site, account),
            "task": lambda: task_of(site, account),
            "run": lambda: run_of(site, account, parked=self.name == "run_resume"),
            "mail": lambda: mail_of(site, account),
            "item": lambda: refused(site),
            "mute": muted,
            "note": lambda: note_of(site, account),
            "channel": lambda: crm().name,
            "delivery": dead_letter,
        }
        # `name`, of a metric, a rule, ...
        kind = self.name.removeprefix("definition_").removesuffix("_start")
        names = {**NAMES, "name": NAMES.get(kind, "")}
        values = {x: ids[x]() if x in ids else names[x] for x in self.parameters}
        return reverse(self.name, kwargs=values)

    def form(self, site: Site, account: str) -> dict[str, str]:
        """What to send; what it is about is there: something that was done, a draft, a pause."""
        if self.name == "alert_undo":
            return {"handling": str(handled(site, account))}
        if self.name == "task_undo":
            task = task_of(site, account)
            return {"handling": str(finish_task(scope=EVERYTHING, task=task, today=LAST).pk)}
        if self.name in {"draft_replay", "draft_switch_on", "draft_drop"}:
            save_draft(scope=EVERYTHING, rule="quiet", text=FORMS["rule_draft"]["text"])
        if self.name in {"play_draft_switch_on", "play_draft_drop"}:
            save_draft(scope=EVERYTHING, rule="visit", text=PLAY, kind=DraftKind.PLAY)
        if self.name == "rule_resume":
            pause(scope=EVERYTHING, rule="quiet", reason="a test")
        return FORMS.get(self.name, {})


def crm() -> Channel:
    """A webhook; where it was removed, another one."""
    made, _ = Channel.objects.get_or_create(
        name="crm_old", kind=ChannelKind.WEBHOOK, address="https://crm.example/old"
    )
    return made


def dead_letter() -> int:
    made, _ = Delivery.objects.get_or_create(
        channel=crm(), kind=DeliveryKind.TEST, subject="dead", defaults={"body": {}}
    )
    Delivery.objects.filter(pk=made.pk).update(failed_at=Now())
    return made.pk


def note_of(site: Site, account: str) -> int:
    made = Note.objects.create(
        account_id=site.accounts[account], kind=NoteKind.CALL, on=LAST, text="a test"
    )
    return made.pk


def handled(site: Site, account: str) -> int:
    """A step that the machine took with an alert of the account."""
    return finish(scope=EVERYTHING, alert=alert_of(site, account), today=LAST).pk


def muted() -> int:
    """A mute that nobody has ended."""
    return mute(
        scope=EVERYTHING, rule="other", account=None, until=date.max, reason="a test", today=LAST
    ).pk


def refused(site: Site) -> int:
    """A row of quarantine, always the same one. It is written past the ledger, whose counts other
    tests of the site rest on."""
    with site.session.store.connection() as connection:
        row = connection.execute(
            "INSERT INTO store.quarantine AS old (received_at, came_at, source, dataset, origin, "
            "row, reason, payload, fingerprint) VALUES (now(), now(), 'web', 'events', 'live', 1, "
            "'no event', '{}', '00000000000000000000000000000001') "
            "ON CONFLICT (fingerprint) DO UPDATE SET seen = old.seen RETURNING id"
        ).fetchone()
    assert row is not None
    return int(row[0])


def alert_of(site: Site, account: str) -> int:
    """Its newest alert; one that is still open goes first."""
    rows = Alert.objects.filter(episode__account=site.accounts[account])
    found = rows.order_by("-episode__closed_on", "-pk").values_list("pk", flat=True).first()
    assert found is not None, account
    return found


def task_of(site: Site, account: str) -> int:
    """The task of a run of `visit`, which is started where there is none yet."""
    number = site.accounts[account]
    found = Task.objects.filter(account=number).values_list("pk", flat=True).first()
    if found is None:
        definitions = site.session.applied()
        chosen = of_keys(EVERYTHING, [account])
        start(EVERYTHING, definitions, definitions.plays["visit"], chosen, day=LAST)
        found = Task.objects.get(account=number).pk
    return found


def run_of(site: Site, account: str, *, parked: bool = False) -> int:
    found = PlayRun.objects.filter(tasks=task_of(site, account))
    if parked:
        found.update(state=RunState.PARKED, about={"code": "no_member", "name": "gone"})
    return found.get().pk


def mail_of(site: Site, account: str) -> int:
    """A draft of the run of `visit`, and the channel by which it would leave."""
    Channel.objects.get_or_create(
        name="customers", kind=ChannelKind.CUSTOMERS, defaults={"address": "cs@vendor.example"}
    )
    run = PlayRun.objects.get(pk=run_of(site, account))
    made, _ = Mail.objects.get_or_create(
        run=run,
        step="9",
        to=f"{account.lower()}@customer.example",
        defaults={
            "account": run.account,
            "language": "ja",
            "subject": "ご案内",
            "text": "本文",
            "made_on": LAST,
        },
    )
    return made.pk


def routes() -> tuple[Route, ...]:
    """Without those of the REST API, which has doors of its own (tests/web/test_rest.py)."""
    found = _below(get_resolver().url_patterns, "", ())
    return tuple(route for route in found if not route.name.startswith(f"{API}:"))


def _below(
    patterns: Sequence[URLPattern | URLResolver], space: str, above: tuple[str, ...]
) -> Iterator[Route]:
    for pattern in patterns:
        parameters = (*above, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _below(pattern.url_patterns, inner, parameters)
        else:
            yield Route(f"{space}{pattern.name or ''}", parameters)
