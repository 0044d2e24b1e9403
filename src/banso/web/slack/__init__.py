"""What Slack sends, and what it is answered with."""
