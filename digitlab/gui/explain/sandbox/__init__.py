"""The sandbox: a convolution of one's own, with an input and a kernel that can be edited.

Imports `slide`, `maps`, `widgets`, `session`, `words` and the core. Never here: the arithmetic, which is `insight`.
"""
