"""One file a noun; each lists its own routes."""
