"""Breaking things on purpose, again and again: `python -m tests.chaos store --kills 500`,
`python -m tests.chaos ingest --kills 200`."""
