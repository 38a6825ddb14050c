"""My digits: the user's own digits, collecting them, and the metrics of networks on them.

Imports the shared rooms of `gui` and the core. Never here: another feature.
"""
