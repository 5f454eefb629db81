"""``python -m spondyl`` is the command line."""

from spondyl.cli import main

if __name__ == "__main__":
    main()
