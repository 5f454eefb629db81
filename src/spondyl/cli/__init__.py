"""The command line, one file per verb."""

from __future__ import annotations


def main() -> None:
    """Run the command line; mistakes of the user end with exit code 2 and never with a traceback."""
    from spondyl.cli.app import run_app

    run_app()
