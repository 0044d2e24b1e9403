"""What the pages of one account show, as frozen values; their views are in `web.views`."""
