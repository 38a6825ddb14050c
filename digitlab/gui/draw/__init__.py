"""Draw: the canvas, the preprocessing strip, the output bars, the verdict; and the controller that answers the pen.

Imports the shared rooms of `gui` and the core. Never here: another feature.
"""
