from django.apps import AppConfig


class DeskConfig(AppConfig):
    """What people and machines decided and did: the one Django app."""

    name = "banso.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"
