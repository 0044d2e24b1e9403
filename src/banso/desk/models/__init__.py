"""One file a noun."""

from banso.desk.models.account import Account, AccountAttribute, AccountGrams, Assignment
from banso.desk.models.account_id import AccountId
from banso.desk.models.arm import Arm, Withheld
from banso.desk.models.assessment import Assessment, Cause, Change
from banso.desk.models.backtest import Backtest
from banso.desk.models.channel import Channel, ChannelKind
from banso.desk.models.contact import Contact, ContactRole
from banso.desk.models.contract import Contract
from banso.desk.models.definition_set import DefinitionSet
from banso.desk.models.delivery import Delivery, DeliveryKind
from banso.desk.models.episode import Alert, AlertState, Episode
from banso.desk.models.handling import Handling, NotUseful
from banso.desk.models.incident import DataIncident
from banso.desk.models.live_turn import LiveTurn
from banso.desk.models.loss import Foresight, Loss
from banso.desk.models.mail import Mail, MailState, Unsubscribed
from banso.desk.models.member import Language, Member, Reach, Role, Theme
from banso.desk.models.member_token import MemberToken
from banso.desk.models.merge import Merge
from banso.desk.models.mute import Mute
from banso.desk.models.note import Note, NoteKind
from banso.desk.models.play_run import PlayRun, RunState
from banso.desk.models.proof import Effect, Expectation, Followed, Judgement, RunExpectation
from banso.desk.models.revision import Revision
from banso.desk.models.rule_draft import DraftEnd, DraftKind, Pause, RuleDraft
from banso.desk.models.run import Run
from banso.desk.models.source_key import SourceKey
from banso.desk.models.standing import Measured, Standing
from banso.desk.models.task import Task, TaskHandling, TaskState
from banso.desk.models.team import Team
from banso.desk.models.turn import Turn
from banso.desk.models.value_figures import ValueFigures

__all__ = [
    "Account",
    "AccountAttribute",
    "AccountGrams",
    "AccountId",
    "Alert",
    "AlertState",
    "Arm",
    "Assessment",
    "Assignment",
    "Backtest",
    "Cause",
    "Change",
    "Channel",
    "ChannelKind",
    "Contact",
    "ContactRole",
    "Contract",
    "DataIncident",
    "DefinitionSet",
    "Delivery",
    "DeliveryKind",
    "DraftEnd",
    "DraftKind",
    "Effect",
    "Episode",
    "Expectation",
    "Followed",
    "Foresight",
    "Handling",
    "Judgement",
    "Language",
    "LiveTurn",
    "Loss",
    "Mail",
    "MailState",
    "Measured",
    "Member",
    "MemberToken",
    "Merge",
    "Mute",
    "NotUseful",
    "Note",
    "NoteKind",
    "Pause",
    "PlayRun",
    "Reach",
    "Revision",
    "Role",
    "RuleDraft",
    "Run",
    "RunExpectation",
    "RunState",
    "SourceKey",
    "Standing",
    "Task",
    "TaskHandling",
    "TaskState",
    "Team",
    "Theme",
    "Turn",
    "Unsubscribed",
    "ValueFigures",
    "Withheld",
]
