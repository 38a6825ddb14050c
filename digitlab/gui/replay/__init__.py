"""Replay: the time bar under all panels, with which a person goes back through a training."""
