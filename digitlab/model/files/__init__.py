"""`.digitlab` files: a network as a zip of `model.json` and `weights.npz`, read with size limits and without pickle.

Imports `model` and below. Never here: runs, which `runs.run_file` adds to the archive; Keras never reads a file.

`run.json`, `curves.npz` and `snapshots.npz` (float16) hold the run, if there is one. Every shape is checked against
the network before an array is loaded. Files are written through `system.storage.atomic_write`.
"""
