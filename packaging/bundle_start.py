"""The entry point of the frozen app."""

import importlib
import multiprocessing
import sys

from digitlab.cli import main
from digitlab.data.files.apart import APART

if __name__ == "__main__":
    # Otherwise every worker process of a frozen program would open the window again.
    multiprocessing.freeze_support()
    if sys.argv[1:2] == [APART]:
        sys.exit(importlib.import_module(sys.argv[2]).main(sys.argv[3:]))
    sys.exit(main())
