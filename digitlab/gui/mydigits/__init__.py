"""My digits: the person's own digits, collecting them, and how well networks do on them.

Imports the shared rooms of `gui` and the core. Never here: another feature.
"""
