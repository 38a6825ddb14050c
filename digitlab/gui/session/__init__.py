"""What is open now: observed values that controllers set and panels read, and the desk where jobs leave the GUI thread.

Imports the core, `messages` and `words`. Never here: widgets, or what only one feature needs.
"""
