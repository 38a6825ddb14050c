"""Look inside: activation maps and learned filters of every layer, and the sources of a unit.

Imports the shared rooms of `gui` and the core; the room `unit` holds the details of one unit. Never here: arithmetic
of layers (`insight`), or another feature.
"""
