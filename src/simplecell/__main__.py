"""`python -m simplecell`, the same as the command `simplecell`."""

from simplecell.cli.main import main

if __name__ == "__main__":
    main()
