"""Training runs: curves and snapshots, their files, recording during the training, and the list of runs.

Imports `training` and below. Not here: Keras, TensorFlow, or Qt.

Every training, of the window and of the command line, has a SQLite file of its own under `runs/` in the data folder
from its first batch: `writer` writes it, `reader` reads and believes nothing, `library` is the folder. `recorder`
takes the events in the training thread and never waits: the worker "runs" writes what has grown twice a second, and
at once when the optimizer's state comes along (with every kept snapshot and every two seconds; a second for each 4 MB
of a larger state). A crash costs no more, and the run can continue with its optimizer's state. Snapshots are stored
as float16, the newest network and the optimizer's states as float32. If the disk is full the training continues, the
person is told once, and the next write catches up; a run that ended unsaved stays in memory for further attempts, and
goes to the temporary folder when the program ends (`system/rescue.py`). What 60,000 batches cost: `python -m
tests.bench.long_run`.

`history` keeps a run's snapshots within 256 MB: when they take more, the one is dropped that leaves the smallest gap,
half measured in steps and half in their logarithm; never the first, the last or the best.

A run without an ending was interrupted, as by closing the window during the training, unless a process holds its lock
file: the system releases that lock however the process ends. The next start marks it and offers to open or continue it.
Deleted runs stay in `runs/deleted/` for a day, where Undo finds them; damaged files go to `runs/damaged/`. A run's
number is never used twice. `python -m tests.bench.crashes` kills the real program at random times and checks what the
next start finds.
"""
