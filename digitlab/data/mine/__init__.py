"""The user's own digits: one SQLite file, one transaction per stroke, drafts that survive a crash.

Imports `system` and the rest of `data`. Not here: what a network predicts for them (`evaluation`).
"""
