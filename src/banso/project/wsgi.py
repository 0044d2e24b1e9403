"""What a server of WSGI (granian) loads. The home is opened before the first request is taken."""

import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

from banso.pipeline.home import find_home, secret_key

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banso.project.settings")
if home := find_home():
    os.environ["BANSO_SECRET_KEY"] = secret_key(home)
pages = get_wsgi_application()

# ruff: noqa: E402  the models of these need what the lines above set up
from banso.api.tracking import Tracking, beside
from banso.pipeline.live import Collector
from banso.pipeline.session import in_force
from banso.web.house import opened, warm

store = opened().store
application = beside(pages, Tracking(lambda: store))
Collector(store, in_force).start()
Thread(target=warm, name="warm", daemon=True).start()
