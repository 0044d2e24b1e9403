from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from banso.desk.models.team import Team


class Role(models.TextChoices):
    ADMIN = "admin"
    CS_OPS = "cs_ops"
    MANAGER = "manager"
    CSM = "csm"
    VIEWER = "viewer"


class Reach(models.TextChoices):
    """Whose accounts a member may see."""

    OWN = "own"
    TEAM = "team"
    ALL = "all"


class Language(models.TextChoices):
    EN = "en"
    JA = "ja"


class Theme(models.TextChoices):
    LIGHT = "light"
    DARK = "dark"


class MemberManager(BaseUserManager["Member"]):
    def get_by_natural_key(self, username: str | None) -> "Member":
        return self.get(handle=username)


class Member(AbstractBaseUser, PermissionsMixin):
    """A person of the vendor who uses Banso; the owner of accounts.

    handle: e-mail address or name, as the vendor's own files name the person. A member made
    by an import has no usable password and can't sign in until somebody invites them.
    role: what they may do. reach: whose accounts they see. sees_revenue: whether amounts of money
    are shown to them. language, theme: empty: as the browser asks for.
    """

    handle = models.CharField(max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.CSM)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL)
    reach = models.CharField(max_length=4, choices=Reach.choices, default=Reach.OWN)
    sees_revenue = models.BooleanField(default=True)
    language = models.CharField(max_length=2, choices=Language.choices, blank=True)
    theme = models.CharField(max_length=5, choices=Theme.choices, blank=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "handle"

    objects = MemberManager()

    class Meta:
        db_table = "member"

    def __str__(self) -> str:
        return self.name or self.handle
