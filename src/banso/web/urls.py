from django.urls import include, path

urlpatterns = [
    path("", include("banso.web.views.today")),
    path("", include("banso.web.views.alerts")),
    path("", include("banso.web.views.tasks")),
    path("", include("banso.web.views.sign_in")),
    path("", include("banso.web.views.preferences")),
    path("", include("banso.web.views.design")),
    path("", include("banso.web.views.account")),
    path("", include("banso.web.views.accounts")),
    path("", include("banso.web.views.board")),
    path("", include("banso.web.views.value")),
    path("", include("banso.web.views.why")),
    path("", include("banso.web.views.data")),
    path("", include("banso.web.views.quarantine")),
    path("", include("banso.web.views.account_users")),
    path("", include("banso.web.views.account_contracts")),
    path("", include("banso.web.views.account_timeline")),
    path("", include("banso.web.views.definitions")),
    path("", include("banso.web.views.mutes")),
    path("", include("banso.web.views.drafts")),
    path("", include("banso.web.views.slack")),
]
