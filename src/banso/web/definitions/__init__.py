"""What the pages of definitions show, as frozen values; their views are in
`web.views.definitions`."""
