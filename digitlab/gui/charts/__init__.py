"""The painted chart and the zoomable plot, with their scales, axes, curves and cards, and the confusion matrix.

Imports `widgets`, `words`, `theme` and the core. Never here: the session; charts are given values.

What a chart shows of all snapshots is painted once and kept; when the time slider moves, only marker, bars and
read-out change. The plots are pyqtgraph's, with their axes cached (a third of the cost of a repaint) and the two of
Train drawn in turn.
"""
