"""Which role may open which route. A route that is not named here is open to nobody.

Whose accounts a member sees is another question: desk.queries.scope answers it for every query.
"""

from collections.abc import Mapping

from banso.desk.models import Role
from banso.desk.queries.scope import ACTING, OPERATING

ALL = frozenset(Role)

PUBLIC = frozenset(
    {
        "account_login",
        "account_logout",
        "set_up",
        "preferences",
        "slack_actions",
        "slack_events",
        "unsubscribe",
    }
)
"""Open without signing in. What Slack sends is signed, and done as the member who pressed; the link
in a mail to a customer is signed, too."""

RIGHTS: Mapping[str, frozenset[Role]] = {
    "design": ALL,
    "password": ALL,
    "today": ALL,
    "team": ALL,
    "alert_done": ACTING,
    "alert_snooze": ACTING,
    "alert_not_useful": ACTING,
    "alert_undo": ACTING,
    "bulk": ACTING,
    "bulk_undo": ACTING,
    "task_done": ACTING,
    "task_snooze": ACTING,
    "task_pass": ACTING,
    "task_not_useful": ACTING,
    "task_undo": ACTING,
    "task_tick": ACTING,
    "mails": ALL,
    "mail": ALL,
    "mail_approve": ACTING,
    "mail_refuse": ACTING,
    "account": ALL,
    "account_metrics": ALL,
    "account_metric_chart": ALL,
    "account_compare": ALL,
    "account_merge": OPERATING,
    "account_split": OPERATING,
    "account_note": ACTING,
    "note_take_back": ACTING,
    "accounts": ALL,
    "accounts_columns": ALL,
    "accounts_csv": ALL,  # a file has what the list shows: the reader's accounts and amounts
    "account_users": ALL,
    "account_contracts": ALL,
    "account_timeline": ALL,
    "board": ALL,
    "value": ALL,
    "value_review": ALL,
    "value_gaps": OPERATING,
    "why": ALL,
    "why_facts": ALL,
    "data": ALL,
    "data_ledger": ALL,
    "data_live": ALL,
    "data_channels": OPERATING,
    "data_channel_new": OPERATING,
    "data_channel_change": OPERATING,
    "data_channels_act": OPERATING,
    "data_channels_replay": OPERATING,
    "data_channel_remove": OPERATING,
    "data_quarantine": OPERATING,
    "data_quarantine_all": OPERATING,
    "data_quarantine_row": OPERATING,
    "data_quarantine_replay": OPERATING,
    "data_quarantine_discard": OPERATING,
    "data_quarantine_restore": OPERATING,
    "definitions": ALL,
    "definition_metric": ALL,
    "definition_journey": ALL,
    "definition_rule": ALL,
    "definition_segment": ALL,
    "rule_mute": OPERATING,
    "rule_unmute": OPERATING,
    "rule_pause": OPERATING,
    "rule_resume": OPERATING,
    "draft_new": OPERATING,
    "rule_draft": OPERATING,
    "rule_form": OPERATING,
    "rule_form_new": OPERATING,
    "draft_yaml": OPERATING,
    "draft_replay": OPERATING,
    "draft_switch_on": OPERATING,
    "draft_drop": OPERATING,
    "play_draft_new": OPERATING,
    "play_form": OPERATING,
    "play_form_new": OPERATING,
    "play_draft": OPERATING,
    "play_draft_switch_on": OPERATING,
    "play_draft_drop": OPERATING,
    "definition_play": ALL,
    "play_start": ACTING,
    "run_stop": ACTING,
    "run_resume": ACTING,
}
"""Route name -> roles."""
