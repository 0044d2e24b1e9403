"""From a number to what made it, as frozen values; the views are in `web.views.why`."""
