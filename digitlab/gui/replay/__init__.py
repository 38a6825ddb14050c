"""Replay: the time bar under all panels, with which a person goes back through a training.

Imports the shared rooms of `gui` and the core. Never here: another feature.

`session.snapshot` is the snapshot on screen, `session.newest` the newest of the run; while
`session.replay.is_following` they are the same. To show another snapshot, set `session.snapshot`: all panels
follow, from caches where the computation would take longer than a frame. Continuing from a snapshot (`Branching`,
`Origin`) creates a new run whose epochs start at that snapshot.

`session.snapshot` is the snapshot on screen, `session.newest` what the training has come to; while
`session.replay.is_following` they are one. Showing another snapshot is no more than setting `session.snapshot`: all
panels follow, from caches where the arithmetic would take longer than a frame. Continuing from a snapshot
(its `Origin`) makes a run of its own whose epochs begin where it left the other.
"""
