"""`.digitlab` files: the network as a zip of `model.json` and `weights.npz`, read under limits, nothing unpickled.

Imports `model` and below. Never here: runs, which `runs.run_file` adds to the archive; Keras never reads a file.
"""
