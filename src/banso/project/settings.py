"""Django's settings, all of them from the environment. Nothing is connected to here."""

import os

from banso.desk.database import django_database

DATABASES = {"default": django_database(os.environ.get("DATABASE_URL", ""))}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "banso.desk.apps.DeskConfig",
]
AUTH_USER_MODEL = "desk.Member"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"
# Nothing here signs or serves yet; the web part brings its own key, made at first start.
SECRET_KEY = ""
