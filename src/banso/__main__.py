"""`python -m banso`, the same as `banso`."""

from banso.cli.app import main

main()
