"""Draw: the canvas, the preprocessing strip, the output bars, the verdict; and the controller that answers the pen.

Imports the shared rooms of `gui` and the core. Never here: another feature.

Networks that answer within 6 ms are run in the GUI thread itself. Measured with the tutorial network, from pen to
bars: through a worker 8 ms (p95 22 ms), because its arithmetic and the window's painting compete for the interpreter;
in place 5 ms (p95 9 ms). Bars, the numbers of the maps and the painting of the maps take an event-loop slice each;
maps follow at most 45 times a second.
"""
