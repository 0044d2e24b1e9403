"""One file a noun."""

from banso.desk.models.account import Account, AccountAttribute, Assignment
from banso.desk.models.assessment import Assessment, Cause, Change
from banso.desk.models.contact import Contact
from banso.desk.models.contract import Contract
from banso.desk.models.definition_set import DefinitionSet
from banso.desk.models.episode import Alert, Episode
from banso.desk.models.member import Member, Role
from banso.desk.models.revision import Revision
from banso.desk.models.run import Run

__all__ = [
    "Account",
    "AccountAttribute",
    "Alert",
    "Assessment",
    "Assignment",
    "Cause",
    "Change",
    "Contact",
    "Contract",
    "DefinitionSet",
    "Episode",
    "Member",
    "Revision",
    "Role",
    "Run",
]
