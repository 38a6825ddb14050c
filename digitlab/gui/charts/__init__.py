"""The painted chart and the zoomable plot, with their scales, axes, curves and cards, and the confusion matrix.

Imports `widgets`, `words`, `theme` and the core. Never here: the session; charts receive plain values.

What a chart shows of all snapshots is painted once and cached; when the time slider moves, only marker, bars and
readout change. The plots use pyqtgraph, with cached axes (a third of the cost of a repaint); the two plots of
Train are drawn in turn.
"""
