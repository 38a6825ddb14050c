"""Look inside: activation maps and learned filters of every layer, and the sources of a unit.

Imports the shared rooms of `gui` and the core; the room `unit` has the details of one unit. Never here: computations
of layers (`insight`), or another feature.
"""
