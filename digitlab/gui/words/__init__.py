"""Numbers, percentages, durations, epochs and recipes as text: one formatter each, used everywhere.

Imports the core. Never here: Qt, or sentences that only one feature says.
"""
