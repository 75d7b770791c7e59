"""`python -m bot`: the same as `nod run`; with arguments, the same as `nod`."""

import sys

from bot.cli import main

if __name__ == "__main__":
    main(sys.argv[1:] or ["run"])
