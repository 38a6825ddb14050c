"""What a filter or an output looks for: an image that excites it most, as it forms, and the test images that do.

The page asks, the controller of Explain computes. Imports `attribution`, `session`, `widgets`, `maps`, `words` and
`theme`. Never here: threads, and how an image forms.
"""
