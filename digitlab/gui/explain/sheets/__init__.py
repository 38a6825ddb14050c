"""The worked sum of one value as a sheet of numbers: what stands on it for each kind of layer, and how it is painted.

`sheet.py` says what a sheet is made of; `weighted.py`, `pooled.py`, `elementwise.py` and `last_steps.py` fill it in,
and `choosing.py` chooses among them by what the layer can do. `layout.py` places the blocks, `painter.py` and `view.py`
show them.
"""
