"""Why the network answers as it does: a map over the drawing of what speaks for a value, by a method of choice.

The page asks, the controller of Explain computes. Imports `attribution`, `session`, `widgets`, `maps`, `words` and
`theme`. Never here: threads, and how a map is computed.
"""
