"""Network: the editor of layers, the summary table with shapes and costs, the diagram.

Imports the shared rooms of `gui` and the core. Never here: another feature.
"""
