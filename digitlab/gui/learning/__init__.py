"""Learning: how weights, activations and update ratios develop during a training, and whether they are healthy.

Imports the shared rooms of `gui` and the core. Never here: another feature.
"""
