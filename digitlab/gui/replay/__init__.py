"""Replay: the time bar under all panels, for going back through the snapshots of a run.

Imports the shared rooms of `gui` and the core. Never here: another feature.

`session.snapshot` is the snapshot on screen, `session.newest` the newest of the run; while
`session.replay.is_following` they are the same. To show another snapshot, set `session.snapshot`: all panels
follow, from caches where the computation would take longer than a frame. Continuing from a snapshot (`Branching`,
`Origin`) creates a new run whose epochs start at that snapshot.
"""
