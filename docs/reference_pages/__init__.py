"""One module for each kind of reference page: `page(language)` is the whole text."""
