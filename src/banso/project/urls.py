from django.urls import path

from banso.api.rest import api
from banso.web.urls import urlpatterns as pages

urlpatterns = [*pages, path("api/v1/", api.urls)]
