from banso.web.urls import urlpatterns

__all__ = ["urlpatterns"]
