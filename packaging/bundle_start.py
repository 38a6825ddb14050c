"""The entry point of the frozen app."""

import multiprocessing
import sys

from digitlab.cli import main

if __name__ == "__main__":
    # Otherwise every worker process of a frozen program would open the window again.
    multiprocessing.freeze_support()
    sys.exit(main())
