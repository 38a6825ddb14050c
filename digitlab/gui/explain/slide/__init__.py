"""The sliding window, animated: the window moves over a map, and the output fills in.

Imports `maps`, `widgets`, `session`, `words` and the core. Never here: what the network computes, which is `insight`.
"""
