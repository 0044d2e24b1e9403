"""The health board, as frozen values; its view is in `web.views.board`."""
