"""Draw: the canvas, the preprocessing strip, the output bars, the verdict, and the controller that runs the network.

Imports the shared rooms of `gui` and the core. Never here: another feature.

Networks that take less than 6 ms are run in the GUI thread itself. Measured with the tutorial network, from pen to
bars: through a worker 8 ms (p95 22 ms), because its computation and the window's painting compete for the GIL;
in place 5 ms (p95 9 ms). Bars, map values and map painting take an event-loop slice each; maps are updated at most 45
times a second.
"""
