"""Runs: the list of kept trainings, their curves in one plot; renaming, deleting, restoring, exporting.

Imports the shared rooms of `gui` and the core. Never here: another feature, or files of runs (`digitlab.runs`).
"""
