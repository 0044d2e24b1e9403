from django.urls import include, path

urlpatterns = [
    path("", include("banso.web.views.today")),
    path("", include("banso.web.views.sign_in")),
    path("", include("banso.web.views.preferences")),
    path("", include("banso.web.views.design")),
    path("", include("banso.web.views.account")),
]
