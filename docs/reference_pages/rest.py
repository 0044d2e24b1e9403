"""The REST API in the words of OpenAPI, from the code that answers."""

import json
import os

import django
from django.conf import settings


def openapi() -> str:
    if not settings.configured:  # a process of our own; within a test run it is not ours to change
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banso.project.settings")
        os.environ.setdefault("BANSO_SECRET_KEY", "only to read the routes")
    django.setup()
    from banso.api.rest import api  # noqa: PLC0415  needs what the lines above set up

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(schema, ensure_ascii=False, indent=2, default=str) + "\n"
