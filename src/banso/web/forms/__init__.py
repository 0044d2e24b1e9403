"""What people send. A form checks; a service saves."""
