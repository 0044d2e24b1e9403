"""What Today shows, as frozen values; its views are in `web.views.today`."""
