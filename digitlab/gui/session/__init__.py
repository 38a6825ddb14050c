"""The session's state, the desk that runs jobs in a thread, and the survey over a run's snapshots.

Controllers set the observed values of the session; panels read them. Imports the core, `messages` and `words`. Never
here: widgets, or what only one feature needs.
"""
