"""The person's own digits: one SQLite file, a transaction a stroke, drafts that survive a crash.

Imports `system` and its neighbours in `data`. Never here: what a network predicts for them (`evaluation`).
"""
