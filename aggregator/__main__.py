"""`python -m aggregator` is the `broadsheet` command."""

from aggregator.cli import main

if __name__ == "__main__":
    main(prog_name="broadsheet")
