"""Replay: the time bar under all panels, with which a person goes back through a training.

Imports the shared rooms of `gui` and the core. Never here: another feature.

`session.snapshot` is the snapshot on screen, with the edits of What if; `session.newest` is the newest of the run,
never edited. While `session.replay.is_following`, the newest is on screen. To show another snapshot, call
`session.show`: all panels follow, from caches where the computation would take longer than a frame. Continuing from a
snapshot (its `Origin`) creates a new run whose epochs start at that snapshot.
"""
