"""Learning: how weights, activations and update ratios develop over a training, and what is healthy.

Imports the shared rooms of `gui` and the core. Never here: another feature.
"""
