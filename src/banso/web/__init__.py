"""HTML pages. A view reads through desk.queries or pipeline, and calls one service to write."""
