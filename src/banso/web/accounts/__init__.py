"""The list of accounts, as frozen values and as a file; its views are in `web.views.accounts`."""
