"""``python -m digitlab``."""

import sys

from digitlab.cli import main

if __name__ == "__main__":
    sys.exit(main())
