"""Importing this readies Django's models (no connection is made). `session` imports it first, so
that whatever is imported after `session` can import models at its top."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banso.project.settings")
django.setup()
