"""The command line. Importing it readies Django's models (no connection is made), so that every
command module can import them at its top."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banso.project.settings")
django.setup()
