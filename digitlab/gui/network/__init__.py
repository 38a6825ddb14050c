"""Network: the layer editor, the summary table with shapes and costs, and the diagram.

Imports the shared rooms of `gui` and the core. Never here: another feature.
"""
