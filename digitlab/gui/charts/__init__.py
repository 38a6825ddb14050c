"""The painted chart and the zoomable plot, with their scales, axes, curves and cards, and the confusion matrix.

Imports `widgets`, `words`, `theme` and the core. Never here: the session; charts are given values.
"""
