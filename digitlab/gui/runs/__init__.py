"""Runs: the list of kept runs, their curves in one plot; renaming, deleting, restoring, exporting.

Imports the shared rooms of `gui` and the core. Never here: another feature, or run files (`digitlab.runs`).
"""
