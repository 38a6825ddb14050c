"""Replay: the time bar under all panels, with which a person goes back through a training.

Imports the shared rooms of `gui` and the core. Never here: another feature.
"""
