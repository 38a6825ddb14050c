"""`.digitlab` files: the network as a zip of `model.json` and `weights.npz`, read under limits, nothing unpickled.

Imports `model` and below. Never here: runs, which `runs.run_file` adds to the archive; Keras never reads a file.

`run.json`, `curves.npz` and `snapshots.npz` (float16) hold the run, if there is one. Every shape is checked against
the network before an array is loaded. Whole files are written by `system.storage.replacing` alone.
"""
