"""Where the frozen app starts."""

import multiprocessing
import sys

from digitlab.cli import main

if __name__ == "__main__":
    # A frozen program that starts worker processes would otherwise open its window again in each of them.
    multiprocessing.freeze_support()
    sys.exit(main())
