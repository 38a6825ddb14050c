"""The user's own digits: one SQLite file, one transaction per stroke, drafts that survive a crash.

Imports `system` and the rest of `data`. Not here: what a network predicts for them (`evaluation`).

The file has a write-ahead log and `synchronous=FULL`. What lies on a canvas and is not kept is a draft there, under a
lock of its window; the next start takes over a draft whose window is gone. Keeping a drawing and dropping its draft
are one transaction. Rows are checked like lines of a drawings file; a damaged file is set
aside, and its intact rows are recovered page by page (`system/salvage.py`).
"""
