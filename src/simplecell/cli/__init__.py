"""The command line: one short file per command; `main` puts them together."""
