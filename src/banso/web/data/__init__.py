"""What the pages of data show, as frozen values; their views are in `web.views.data`."""
