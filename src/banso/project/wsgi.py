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
from banso.api.operations import Operations, with_operations
from banso.api.tracking import LEAST_FREE, Tracking, beside
from banso.pipeline.session import opened
from banso.web.house import warm

store = opened().store
application = with_operations(
    beside(pages, Tracking(lambda: store)),
    Operations(
        lambda: store,
        least_free=LEAST_FREE,
        proxied=bool(os.environ.get("BANSO_URL")),
        token=os.environ.get("BANSO_METRICS_TOKEN", ""),
    ),
)
Thread(target=warm, name="warm", daemon=True).start()
