from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class Role(models.TextChoices):
    ADMIN = "admin"
    CS_OPS = "cs_ops"
    MANAGER = "manager"
    CSM = "csm"
    VIEWER = "viewer"


class MemberManager(BaseUserManager["Member"]):
    def get_by_natural_key(self, username: str | None) -> "Member":
        return self.get(handle=username)


class Member(AbstractBaseUser, PermissionsMixin):
    """A person of the vendor who uses Banso; the owner of accounts.

    handle: e-mail address or name, as the vendor's own files name the person. A member made
    by an import has no usable password and can't sign in until somebody invites them.
    """

    handle = models.CharField(max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.CSM)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "handle"

    objects = MemberManager()

    class Meta:
        db_table = "member"

    def __str__(self) -> str:
        return self.name or self.handle
