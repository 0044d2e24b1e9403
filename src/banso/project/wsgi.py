"""What a server of WSGI (granian) loads. The home is opened before the first request is taken."""

import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

from banso.pipeline.family import end_with_parent
from banso.pipeline.home import find_home, secret_key

end_with_parent()  # a killed server leaves no process that holds its port
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banso.project.settings")
if home := find_home():
    os.environ["BANSO_SECRET_KEY"] = secret_key(home)
pages = get_wsgi_application()

# ruff: noqa: E402  the models of these need what the lines above set up
from banso.api.tracking import Tracking, beside
from banso.web.house import opened, warm

store = opened().store
application = beside(pages, Tracking(lambda: store))
Thread(target=warm, name="warm", daemon=True).start()
