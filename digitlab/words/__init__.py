"""Numbers, durations, epochs, recipes, verdicts and names as text: one formatter each, for window and terminal.

Imports the core: `insight`, `evaluation`, `runs` and below. Never here: Qt, or sentences that only one feature uses.
"""
